using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>transformers' <c>Wav2Vec2Model</c>, with its state-dict keys: feature encoder, projection, mask vector, transformer.</summary>
sealed class Wav2Vec2Encoder : SpeechEncoder
{
    readonly Parameter masked_spec_embed; // [H]
    readonly FeatureEncoder feature_extractor;
    readonly FeatureProjection feature_projection;
    readonly TransformerStack encoder;

    public Wav2Vec2Encoder(Wav2Vec2Config config) : base(config, nameof(Wav2Vec2Encoder))
    {
        masked_spec_embed = nn.Parameter(rand(config.HiddenSize));
        feature_extractor = new FeatureEncoder(config);
        feature_projection = new FeatureProjection(config.ConvDim[^1], config);
        encoder = new TransformerStack(config);
        RegisterComponents();
    }

    public override int FeatureSize => ((Wav2Vec2Config)Config).ConvDim[^1];

    /// <summary>What the convolutions give, before the norm. [B, C, T]</summary>
    internal Tensor Convolve(Tensor waveform, long[]? sampleCounts) => feature_extractor.Forward(waveform, sampleCounts);

    public override Tensor ExtractFeatures(SpeechBatch batch, out Tensor? penalty)
    {
        var convolved = Convolve(batch.Inputs, batch.SampleCounts);
        var exact = convolved.to(ScalarType.Float32);
        penalty = (exact * exact).mean();
        return feature_projection.Normalise(ScaleGradient(convolved, FeatureGradientScale).transpose(1, 2)); // [B, T, C]
    }

    public override IEnumerable<Parameter> FeatureEncoderParameters() => feature_extractor.parameters();

    protected override Tensor RunContextNetwork(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates) =>
        encoder.Forward(ReplaceMasked(feature_projection.Project(features), timeMask, masked_spec_embed), frameMask, hiddenStates);

    protected override void Initialise(Generator generator) => Initialisation.Apply(this, Config.InitializerRange, generator);

    /// <summary>The same value, its gradient scaled: the difference that is added is zero.</summary>
    static Tensor ScaleGradient(Tensor hidden, double scale)
    {
        if (scale == 1 || !hidden.requires_grad)
            return hidden;
        using Scalar factor = scale;
        var scaled = hidden * factor;
        return hidden.detach().Plus(scaled - scaled.detach());
    }
}
