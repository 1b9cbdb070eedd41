using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Positional convolution and transformer layers of wav2vec 2.0 (transformers: <c>encoder</c>). [B, T, H] to [B, T, H]</summary>
sealed class TransformerStack : nn.Module
{
    readonly PositionalConvolution pos_conv_embed;
    readonly LayerNorm layer_norm;
    readonly ModuleList<TransformerLayer> layers;
    readonly Wav2Vec2Config config;

    public TransformerStack(Wav2Vec2Config config) : base(nameof(TransformerStack))
    {
        this.config = config;
        pos_conv_embed = new PositionalConvolution(config);
        layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new TransformerLayer(config))]);
        RegisterComponents();
    }

    /// <param name="frameMask">bool [B, T]; null: no padding.</param>
    public Tensor Forward(Tensor hidden, Tensor? frameMask, IList<Tensor>? hiddenStates)
    {
        if (frameMask is not null)
            hidden = hidden.masked_fill(frameMask.logical_not().unsqueeze(-1), Constant.Zero);
        hidden = hidden.Plus(pos_conv_embed.Forward(hidden, frameMask));
        if (!config.DoStableLayerNorm)
            hidden = layer_norm.forward(hidden);
        hidden = nn.functional.dropout(hidden, config.HiddenDropout, training);
        var attended = frameMask?.unsqueeze(1).unsqueeze(1); // [B, 1, 1, T]
        foreach (var layer in layers)
        {
            hiddenStates?.Add(hidden);
            if (!LayerDrop.Skips(config.LayerDrop, training))
                hidden = LayerMemory.Through(hidden, input => layer.Forward(input, attended), keepsInput: hiddenStates is not null);
        }
        if (config.DoStableLayerNorm)
            hidden = layer_norm.forward(hidden);
        hiddenStates?.Add(hidden);
        return hidden;
    }
}
