using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>transformers' <c>Wav2Vec2BertModel</c>, with its state-dict keys: feature projection, mask vector, conformer layers.</summary>
sealed class Wav2Vec2BertEncoder : SpeechEncoder
{
    readonly FeatureProjection feature_projection;
    readonly Parameter masked_spec_embed; // [H]
    readonly ConformerStack encoder;
    readonly FeedForward? intermediate_ffn;
    readonly Adapter? adapter;

    public Wav2Vec2BertEncoder(Wav2Vec2BertConfig config) : base(config, nameof(Wav2Vec2BertEncoder))
    {
        FeatureSize = config.FeatureProjectionInputDim;
        feature_projection = new FeatureProjection(FeatureSize, config);
        masked_spec_embed = nn.Parameter(rand(config.HiddenSize));
        encoder = new ConformerStack(config);
        if (config.Adapter is { } shape)
        {
            intermediate_ffn = shape.FeedsForward ? new FeedForward(config, x => nn.functional.relu(x)) : null;
            adapter = new Adapter(shape, config.HiddenSize, config.LayerNormEps, () => new ConformerAdapterLayer(config, shape));
        }
        RegisterComponents();
    }

    public override int FeatureSize { get; }

    public override Tensor ExtractFeatures(SpeechBatch batch, out Tensor? penalty)
    {
        penalty = null;
        return feature_projection.Normalise(batch.Inputs);
    }

    internal override Tensor Adapt(Tensor hidden, SpeechBatch batch)
    {
        hidden = intermediate_ffn is null ? hidden : hidden.add(intermediate_ffn.forward(hidden), Constant.Half);
        return adapter?.Forward(hidden, batch.PaddedCounts ?? batch.FrameCounts, batch.FrameCounts) ?? hidden;
    }

    protected override Tensor RunContextNetwork(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates) =>
        encoder.Forward(ReplaceMasked(feature_projection.Project(features), timeMask, masked_spec_embed), frameMask, hiddenStates);
}
