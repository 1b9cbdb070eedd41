using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>Norm, gated pointwise convolution, causal depthwise convolution, norm, swish, pointwise convolution. [B, T, H] to [B, T, H]</summary>
sealed class ConformerConvolution : nn.Module
{
    readonly LayerNorm layer_norm;
    readonly Conv1d pointwise_conv1;
    readonly Conv1d depthwise_conv;
    readonly LayerNorm depthwise_layer_norm;
    readonly Conv1d pointwise_conv2;
    readonly int kernel;
    readonly double dropout;

    public ConformerConvolution(Wav2Vec2BertConfig config) : base(nameof(ConformerConvolution))
    {
        (kernel, dropout) = (config.ConvDepthwiseKernelSize, config.ConformerConvDropout);
        layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        pointwise_conv1 = nn.Conv1d(config.HiddenSize, 2 * config.HiddenSize, 1, bias: false);
        depthwise_conv = nn.Conv1d(config.HiddenSize, config.HiddenSize, kernel, groups: config.HiddenSize, bias: false);
        depthwise_layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        pointwise_conv2 = nn.Conv1d(config.HiddenSize, config.HiddenSize, 1, bias: false);
        RegisterComponents();
    }

    public Tensor Forward(Tensor input, Tensor padding)
    {
        var hidden = layer_norm.forward(input).masked_fill(padding, 0);
        // A pointwise convolution is a linear layer on [B, T, H]; so the transposition is needed once, not twice.
        hidden = nn.functional.linear(hidden, pointwise_conv1.weight.squeeze(-1)); // [B, T, 2H]
        hidden = nn.functional.glu(hidden, -1).transpose(1, 2); // [B, H, T]
        hidden = depthwise_conv.forward(nn.functional.pad(hidden, (kernel - 1, 0))); // causal
        hidden = nn.functional.silu(depthwise_layer_norm.forward(hidden.transpose(1, 2)));
        hidden = nn.functional.linear(hidden, pointwise_conv2.weight.squeeze(-1)); // [B, T, H]
        return nn.functional.dropout(hidden, dropout, training);
    }
}
