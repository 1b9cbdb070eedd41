namespace Ssl.Shared.Speech.Model;

/// <summary>Norm and linear layer from features to the context network; the quantiser reads the norm's output.</summary>
sealed class FeatureProjection : nn.Module
{
    readonly LayerNorm? layer_norm;
    readonly Dense projection;
    readonly double dropout;

    public FeatureProjection(int featureSize, EncoderConfig config, bool hasNorm = true) : base(nameof(FeatureProjection))
    {
        layer_norm = hasNorm ? nn.LayerNorm(featureSize, config.LayerNormEps) : null;
        projection = new Dense(featureSize, config.HiddenSize);
        dropout = config.FeatProjDropout;
        RegisterComponents();
    }

    /// <summary>[B, T, C] to [B, T, C]</summary>
    public Tensor Normalise(Tensor features) => layer_norm?.forward(features) ?? features;

    /// <summary>[B, T, C] to [B, T, H]</summary>
    public Tensor Project(Tensor normalised) => nn.functional.dropout(projection.forward(normalised), dropout, training);
}
