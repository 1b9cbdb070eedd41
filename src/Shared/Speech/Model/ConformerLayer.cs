using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>One conformer layer (arXiv 2005.08100): half a feed-forward, attention, convolution, half a feed-forward, norm. [B, T, H] to [B, T, H]</summary>
sealed class ConformerLayer : nn.Module
{
    readonly LayerNorm ffn1_layer_norm;
    readonly ConformerFeedForward ffn1;
    readonly LayerNorm self_attn_layer_norm;
    readonly ConformerAttention self_attn;
    readonly ConformerConvolution conv_module;
    readonly LayerNorm ffn2_layer_norm;
    readonly ConformerFeedForward ffn2;
    readonly LayerNorm final_layer_norm;
    readonly double attentionDropout;

    public ConformerLayer(Wav2Vec2BertConfig config) : base(nameof(ConformerLayer))
    {
        LayerNorm Norm() => nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        attentionDropout = config.AttentionDropout;
        ffn1_layer_norm = Norm();
        ffn1 = new ConformerFeedForward(config);
        self_attn_layer_norm = Norm();
        self_attn = new ConformerAttention(config);
        conv_module = new ConformerConvolution(config);
        ffn2_layer_norm = Norm();
        ffn2 = new ConformerFeedForward(config);
        final_layer_norm = Norm();
        RegisterComponents();
    }

    /// <param name="attended">bool [B, 1, 1, T]; true where a frame may be looked at. Null: there is no padding.</param>
    /// <param name="padding">bool [B, T, 1]; its complement.</param>
    public Tensor Forward(Tensor hidden, Tensor? attended, Tensor? padding, FramePositions positions)
    {
        hidden = hidden.add(ffn1.forward(ffn1_layer_norm.forward(hidden)), Constant.Half);
        hidden = hidden.Plus(nn.functional.dropout(self_attn.Forward(self_attn_layer_norm.forward(hidden), attended, positions), attentionDropout, training));
        hidden = hidden.Plus(conv_module.Forward(hidden, padding));
        hidden = hidden.add(ffn2.forward(ffn2_layer_norm.forward(hidden)), Constant.Half);
        return final_layer_norm.forward(hidden);
    }
}
