using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>wav2vec 2.0's feature encoder: convolutions on the waveform (transformers: <c>feature_extractor</c>). [B, S] to [B, C, T]</summary>
sealed class FeatureEncoder : nn.Module
{
    readonly ModuleList<FeatureConvolution> conv_layers;

    public FeatureEncoder(Wav2Vec2Config config) : base(nameof(FeatureEncoder))
    {
        conv_layers = new ModuleList<FeatureConvolution>([.. Enumerable.Range(0, config.ConvDim.Count).Select(layer => new FeatureConvolution(config, layer))]);
        RegisterComponents();
    }

    /// <param name="sampleCounts">Samples of each utterance; null: the norm over time sees the padding too, as the reference's does.</param>
    public Tensor Forward(Tensor waveform, long[]? sampleCounts)
    {
        var hidden = waveform.unsqueeze(1); // [B, 1, S]
        foreach (var layer in conv_layers)
            hidden = layer.Forward(hidden, sampleCounts);
        return hidden;
    }
}
