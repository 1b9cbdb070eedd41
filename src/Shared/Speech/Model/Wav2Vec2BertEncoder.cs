using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>transformers' <c>Wav2Vec2BertModel</c>, with its state-dict keys: feature projection, mask vector, conformer layers.</summary>
sealed class Wav2Vec2BertEncoder : SpeechEncoder
{
    readonly FeatureProjection feature_projection;
    readonly Parameter masked_spec_embed; // [H]
    readonly ConformerStack encoder;

    public Wav2Vec2BertEncoder(Wav2Vec2BertConfig config) : base(config, nameof(Wav2Vec2BertEncoder))
    {
        feature_projection = new FeatureProjection(config.FeatureProjectionInputDim, config);
        masked_spec_embed = nn.Parameter(rand(config.HiddenSize));
        encoder = new ConformerStack(config);
        RegisterComponents();
    }

    public override int FeatureSize => ((Wav2Vec2BertConfig)Config).FeatureProjectionInputDim;

    public override Tensor ExtractFeatures(SpeechBatch batch, out Tensor? penalty)
    {
        penalty = null;
        return feature_projection.Normalise(batch.Inputs);
    }

    public override IEnumerable<Parameter> FeatureEncoderParameters() => [];

    protected override Tensor RunContextNetwork(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates) =>
        encoder.Forward(ReplaceMasked(feature_projection.Project(features), timeMask, masked_spec_embed), frameMask, hiddenStates);

    protected override void Initialise(Generator generator) => Initialisation.Apply(this, Config.InitializerRange, generator);
}
