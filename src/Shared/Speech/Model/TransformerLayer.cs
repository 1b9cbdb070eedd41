using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>A transformer layer, its norms after each sub-layer (Base) or before it (Large). [B, T, H] to [B, T, H]</summary>
sealed class TransformerLayer : nn.Module
{
    readonly TransformerAttention attention;
    readonly LayerNorm layer_norm;
    readonly FeedForward feed_forward;
    readonly LayerNorm final_layer_norm;
    readonly AttentionAdapter? adapter_layer;
    readonly bool normFirst;
    readonly double dropout;

    public TransformerLayer(Wav2Vec2Config config) : base(nameof(TransformerLayer))
    {
        (normFirst, dropout) = (config.DoStableLayerNorm, config.HiddenDropout);
        attention = new TransformerAttention(config);
        layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        feed_forward = new FeedForward(config, x => nn.functional.gelu(x));
        final_layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        if (config is { AdapterAttnDim: { } size, DoStableLayerNorm: true }) // the reference's post-norm layers have none
            adapter_layer = new AttentionAdapter(config.HiddenSize, size);
        RegisterComponents();
    }

    public Tensor Forward(Tensor hidden, Tensor? attended)
    {
        if (normFirst)
        {
            hidden = hidden.Plus(Attend(layer_norm.forward(hidden), attended));
            hidden = hidden.Plus(feed_forward.forward(final_layer_norm.forward(hidden)));
            return adapter_layer is null ? hidden : hidden.Plus(adapter_layer.Forward(hidden));
        }
        hidden = layer_norm.forward(hidden.Plus(Attend(hidden, attended)));
        return final_layer_norm.forward(hidden.Plus(feed_forward.forward(hidden)));
    }

    Tensor Attend(Tensor hidden, Tensor? attended) => nn.functional.dropout(attention.Forward(hidden, attended), dropout, training);
}
