using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Attention over shortened frames with a shortened residual, then a feed-forward block (transformers: <c>Wav2Vec2BertAdapterLayer</c>).
/// [B, T, O] to [B, T', O]
/// </summary>
sealed class ConformerAdapterLayer : AdapterLayer
{
    readonly LayerNorm residual_layer_norm;
    readonly Conv1d residual_conv;
    readonly LayerNorm self_attn_layer_norm;
    readonly Conv1d self_attn_conv;
    readonly ConformerAttention self_attn;
    readonly LayerNorm ffn_layer_norm;
    readonly FeedForward ffn;

    public ConformerAdapterLayer(Wav2Vec2BertConfig config, AdapterConfig adapter) : base(nameof(ConformerAdapterLayer))
    {
        var inner = config with { HiddenSize = adapter.OutputSize, PositionEmbedding = PositionEmbedding.None };
        LayerNorm Norm() => nn.LayerNorm(adapter.OutputSize, config.LayerNormEps);
        residual_layer_norm = Norm();
        residual_conv = Convolution(adapter);
        self_attn_layer_norm = Norm();
        self_attn_conv = Convolution(adapter);
        self_attn = new ConformerAttention(inner);
        ffn_layer_norm = Norm();
        ffn = new FeedForward(inner, Activation(adapter.Activation));
        RegisterComponents();
    }

    public override Tensor Forward(Tensor hidden, Tensor? absent, Tensor? attended)
    {
        var residual = Pool(residual_layer_norm.forward(hidden), absent, residual_conv);
        hidden = Pool(self_attn_layer_norm.forward(hidden), absent, self_attn_conv);
        hidden = self_attn.Forward(hidden, attended, FramePositions.None).Plus(residual);
        return hidden.Plus(ffn.forward(ffn_layer_norm.forward(hidden)));
    }

    static Func<Tensor, Tensor> Activation(string name) => name switch
    {
        "gelu" => x => nn.functional.gelu(x),
        "relu" => x => nn.functional.relu(x),
        _ => x => nn.functional.silu(x),
    };
}
