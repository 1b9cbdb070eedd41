using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// A conformer layer (arXiv 2005.08100): feed-forward block with weight one half, attention, convolution, another such block, norm.
/// [B, T, H] to [B, T, H]
/// </summary>
sealed class ConformerLayer : nn.Module
{
    readonly LayerNorm ffn1_layer_norm;
    readonly FeedForward ffn1;
    readonly LayerNorm self_attn_layer_norm;
    readonly ConformerAttention self_attn;
    readonly ConformerConvolution conv_module;
    readonly LayerNorm ffn2_layer_norm;
    readonly FeedForward ffn2;
    readonly LayerNorm final_layer_norm;
    readonly double attentionDropout;

    public ConformerLayer(Wav2Vec2BertConfig config) : base(nameof(ConformerLayer))
    {
        LayerNorm Norm() => nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        attentionDropout = config.AttentionDropout;
        ffn1_layer_norm = Norm();
        ffn1 = new FeedForward(config, x => nn.functional.silu(x));
        self_attn_layer_norm = Norm();
        self_attn = new ConformerAttention(config);
        conv_module = new ConformerConvolution(config);
        ffn2_layer_norm = Norm();
        ffn2 = new FeedForward(config, x => nn.functional.silu(x));
        final_layer_norm = Norm();
        RegisterComponents();
    }

    /// <param name="attended">bool [B, 1, 1, T]; false on padding. Null: no padding.</param>
    /// <param name="padding">bool [B, T, 1]; its complement.</param>
    public Tensor Forward(Tensor hidden, Tensor? attended, Tensor? padding, FramePositions positions)
    {
        hidden = hidden.add(ffn1.forward(ffn1_layer_norm.forward(hidden)), Constant.Half);
        var context = self_attn.Forward(self_attn_layer_norm.forward(hidden), attended, positions);
        hidden = hidden.Plus(nn.functional.dropout(context, attentionDropout, training));
        hidden = hidden.Plus(conv_module.Forward(hidden, padding));
        hidden = hidden.add(ffn2.forward(ffn2_layer_norm.forward(hidden)), Constant.Half);
        return final_layer_norm.forward(hidden);
    }
}
