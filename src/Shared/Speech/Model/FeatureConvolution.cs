using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>One convolution of the feature encoder with its norm, if it has one, and GELU. [B, C, T] to [B, C', T']</summary>
sealed class FeatureConvolution : nn.Module
{
    const double Eps = 1e-5; // the reference ignores layer_norm_eps here

    readonly Conv1d conv;
    readonly nn.Module? layer_norm;
    readonly int kernel;
    readonly int stride;

    public FeatureConvolution(Wav2Vec2Config config, int layer) : base(nameof(FeatureConvolution))
    {
        var (inputs, outputs) = (layer > 0 ? config.ConvDim[layer - 1] : 1, config.ConvDim[layer]);
        (kernel, stride) = (config.ConvKernel[layer], config.ConvStride[layer]);
        conv = nn.Conv1d(inputs, outputs, kernel, stride, bias: config.ConvBias);
        layer_norm = (config.FeatExtractNorm, layer) switch
        {
            (FeatureNorm.Layer, _) => nn.LayerNorm(outputs, Eps),
            (FeatureNorm.Group, 0) => Clean(nn.GroupNorm(outputs, outputs, Eps)),
            _ => null,
        };
        RegisterComponents();
    }

    public Tensor Forward(Tensor hidden, long[]? sampleCounts)
    {
        var convolved = hidden.shape[1] == 1 ? FromWaveform(hidden) : conv.forward(hidden);
        return nn.functional.gelu(layer_norm switch
        {
            LayerNorm norm => norm.forward(convolved.transpose(1, 2)).transpose(1, 2),
            GroupNorm norm => sampleCounts is null ? norm.forward(convolved) : WithoutPadding(norm, convolved, sampleCounts),
            _ => convolved,
        });
    }

    /// <summary>A convolution of one channel runs at a thirtieth of a product's speed: windows side by side, then a product. [B, 1, S] to [B, C, T]</summary>
    Tensor FromWaveform(Tensor waveform)
    {
        var windows = waveform.squeeze(1).unfold(1, kernel, stride).transpose(1, 2); // [B, k, T]
        var filters = conv.weight.squeeze(1).unsqueeze(0).expand(waveform.shape[0], -1, -1); // [B, C, k]
        var convolved = bmm(filters, windows);
        return conv.bias is { } bias ? convolved.Plus(bias.unsqueeze(-1)) : convolved;
    }

    /// <summary>Each utterance normalised over its own frames, so that an answer does not depend on who shares the batch.</summary>
    Tensor WithoutPadding(GroupNorm norm, Tensor convolved, long[] sampleCounts)
    {
        var frames = convolved.shape[2];
        var own = sampleCounts.Select(samples => Math.Clamp((samples - kernel) / stride + 1, 1, frames)).ToArray();
        if (own.All(count => count == frames))
            return norm.forward(convolved);
        return cat([.. own.Select((count, i) => nn.functional.pad(norm.forward(convolved.narrow(0, i, 1).narrow(2, 0, count)), (0, frames - count)))]);
    }

    /// <summary>TorchSharp leaves a group norm's weights as it finds the memory.</summary>
    static GroupNorm Clean(GroupNorm norm)
    {
        nn.init.ones_(norm.weight);
        nn.init.zeros_(norm.bias);
        return norm;
    }
}
