using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>transformers' <c>Wav2Vec2Model</c>, with its state-dict keys: feature encoder, projection, mask vector, transformer.</summary>
sealed class Wav2Vec2Encoder : SpeechEncoder
{
    readonly Parameter masked_spec_embed; // [H]
    readonly FeatureEncoder feature_extractor;
    readonly FeatureProjection feature_projection;
    readonly TransformerStack encoder;
    readonly Adapter? adapter;

    public Wav2Vec2Encoder(Wav2Vec2Config config) : base(config, nameof(Wav2Vec2Encoder))
    {
        FeatureSize = config.ConvDim[^1];
        masked_spec_embed = nn.Parameter(rand(config.HiddenSize));
        feature_extractor = new FeatureEncoder(config);
        feature_projection = new FeatureProjection(FeatureSize, config, config.FeatProjLayerNorm);
        encoder = new TransformerStack(config);
        if (config.Adapter is { } shape)
            adapter = new Adapter(shape, config.HiddenSize, normEps: 1e-5, () => new TransformerAdapterLayer(shape));
        RegisterComponents();
    }

    public override int FeatureSize { get; }

    /// <summary>Features before their norm. [B, T, C]</summary>
    internal Tensor Convolve(Tensor waveform, long[]? sampleCounts) => feature_extractor.Forward(waveform, sampleCounts);

    public override Tensor ExtractFeatures(SpeechBatch batch, out Tensor? penalty)
    {
        var convolved = Convolve(batch.Inputs, batch.SampleCounts);
        var exact = convolved.to(ScalarType.Float32);
        penalty = (exact * exact).mean();
        return feature_projection.Normalise(ScaleGradient(convolved, FeatureGradientScale)); // [B, T, C]
    }

    public override IEnumerable<Parameter> FeatureEncoderParameters() => feature_extractor.parameters();

    internal override Tensor Adapt(Tensor hidden, SpeechBatch batch) =>
        adapter?.Forward(hidden, batch.FrameCounts, batch.FrameCounts) ?? hidden;

    protected override Tensor RunContextNetwork(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates) =>
        encoder.Forward(ReplaceMasked(feature_projection.Project(features), timeMask, masked_spec_embed), frameMask, hiddenStates);

    /// <summary>The same value with its gradient scaled: the term that carries the gradient is zero.</summary>
    static Tensor ScaleGradient(Tensor hidden, double scale)
    {
        if (scale == 1 || !hidden.requires_grad)
            return hidden;
        using Scalar factor = scale;
        var scaled = hidden * factor;
        return hidden.detach().Plus(scaled - scaled.detach());
    }
}
