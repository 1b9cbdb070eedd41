using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>transformers' <c>Wav2Vec2BertModel</c>, with its state-dict keys: feature projection, mask vector, conformer layers.</summary>
sealed class Wav2Vec2BertEncoder : SpeechEncoder
{
    readonly FeatureProjection feature_projection;
    readonly Parameter masked_spec_embed; // [H]
    readonly ConformerStack encoder;

    public Wav2Vec2BertEncoder(Wav2Vec2BertConfig config) : base(config, nameof(Wav2Vec2BertEncoder))
    {
        feature_projection = new FeatureProjection(config);
        masked_spec_embed = nn.Parameter(rand(config.HiddenSize));
        encoder = new ConformerStack(config);
        RegisterComponents();
    }

    public override int FeatureSize => ((Wav2Vec2BertConfig)Config).FeatureProjectionInputDim;

    public override Tensor ExtractFeatures(SpeechBatch batch) => feature_projection.Normalise(batch.Inputs);

    public override Tensor Contextualise(Tensor features, Tensor frameMask, Tensor? timeMask = null, IList<Tensor>? hiddenStates = null)
    {
        if (features.dim() != 3 || features.shape[2] != FeatureSize)
            throw new ArgumentException($"features are [{string.Join(", ", features.shape)}], expected [B, T, {FeatureSize}]", nameof(features));
        var projected = feature_projection.Project(features); // [B, T, H]
        if (timeMask is not null)
            projected = where(timeMask.unsqueeze(-1), masked_spec_embed.to(projected.dtype), projected); // section 3.1 of wav2vec 2.0
        return encoder.Forward(projected, frameMask, hiddenStates);
    }

    protected override void Initialise(Generator generator) => Initialisation.Apply(this, generator);

    protected override void InitialiseLayer(int layer, Generator generator) => Initialisation.Apply(encoder.Layer(layer), generator);

    sealed class FeatureProjection : nn.Module
    {
        readonly LayerNorm layer_norm;
        readonly Linear projection;
        readonly double dropout;

        public FeatureProjection(Wav2Vec2BertConfig config) : base(nameof(FeatureProjection))
        {
            layer_norm = nn.LayerNorm(config.FeatureProjectionInputDim, config.LayerNormEps);
            projection = nn.Linear(config.FeatureProjectionInputDim, config.HiddenSize);
            dropout = config.FeatProjDropout;
            RegisterComponents();
        }

        public Tensor Normalise(Tensor inputs) => layer_norm.forward(inputs);

        public Tensor Project(Tensor normalised) => nn.functional.dropout(projection.forward(normalised), dropout, training);
    }
}
