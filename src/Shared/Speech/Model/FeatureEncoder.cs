namespace Ssl.Shared.Speech.Model;

/// <summary>wav2vec 2.0's feature encoder: convolutions on the waveform (<c>feature_extractor</c>). [B, S] to [B, T, C]</summary>
sealed class FeatureEncoder : nn.Module
{
    readonly ModuleList<FeatureConvolution> conv_layers;

    public FeatureEncoder(Wav2Vec2Config config) : base(nameof(FeatureEncoder))
    {
        conv_layers = new([.. Enumerable.Range(0, config.ConvDim.Count).Select(layer => new FeatureConvolution(config, layer))]);
        RegisterComponents();
    }

    /// <param name="sampleCounts">Samples of each utterance; null: the norm over time includes the padding, as in the reference.</param>
    public Tensor Forward(Tensor waveform, long[]? sampleCounts)
    {
        var hidden = waveform.unsqueeze(-1); // [B, S, 1]
        foreach (var layer in conv_layers)
            hidden = LayerMemory.Through(hidden, input => layer.Forward(input, sampleCounts), keepsInput: false);
        return hidden;
    }
}
