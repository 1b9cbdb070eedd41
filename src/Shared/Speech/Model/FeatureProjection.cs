using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>From features to the context network: norm, then a linear layer. What the quantiser reads is the normalised side.</summary>
sealed class FeatureProjection : nn.Module
{
    readonly LayerNorm layer_norm;
    readonly Linear projection;
    readonly double dropout;

    public FeatureProjection(int featureSize, EncoderConfig config) : base(nameof(FeatureProjection))
    {
        layer_norm = nn.LayerNorm(featureSize, config.LayerNormEps);
        projection = nn.Linear(featureSize, config.HiddenSize);
        dropout = config.FeatProjDropout;
        RegisterComponents();
    }

    /// <summary>[B, T, C] to [B, T, C]</summary>
    public Tensor Normalise(Tensor features) => layer_norm.forward(features);

    /// <summary>[B, T, C] to [B, T, H]</summary>
    public Tensor Project(Tensor normalised) => nn.functional.dropout(projection.forward(normalised), dropout, training);
}
