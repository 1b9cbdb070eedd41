using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>The conformer layers in sequence (transformers: <c>encoder.layers</c>). [B, T, H] to [B, T, H]</summary>
sealed class ConformerStack : nn.Module
{
    readonly ModuleList<ConformerLayer> layers;
    readonly Wav2Vec2BertConfig config;

    public ConformerStack(Wav2Vec2BertConfig config) : base(nameof(ConformerStack))
    {
        this.config = config;
        layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ConformerLayer(config))]);
        RegisterComponents();
    }

    /// <param name="frameMask">bool [B, T]; null: no padding.</param>
    public Tensor Forward(Tensor hidden, Tensor? frameMask, IList<Tensor>? hiddenStates)
    {
        var padding = frameMask?.logical_not().unsqueeze(-1); // [B, T, 1]
        if (padding is not null)
            hidden = hidden.masked_fill(padding, Constant.Zero);
        hidden = nn.functional.dropout(hidden, config.HiddenDropout, training);
        var positions = FramePositions.For(config, hidden.shape[1], hidden.device);
        var attended = frameMask?.unsqueeze(1).unsqueeze(1); // [B, 1, 1, T]
        foreach (var layer in layers)
        {
            hiddenStates?.Add(hidden);
            if (!LayerDrop.Skips(config.LayerDrop, training))
                hidden = LayerMemory.Through(
                    hidden, input => layer.Forward(input, attended, padding, positions), keepsInput: hiddenStates is not null);
        }
        hiddenStates?.Add(hidden);
        return hidden;
    }
}
