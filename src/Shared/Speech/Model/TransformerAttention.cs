using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Multi-head self-attention. [B, T, H] to [B, T, H]</summary>
sealed class TransformerAttention : nn.Module
{
    readonly Linear k_proj;
    readonly Linear v_proj;
    readonly Linear q_proj;
    readonly Linear out_proj;
    readonly int heads;
    readonly double dropout;

    public TransformerAttention(Wav2Vec2Config config) : base(nameof(TransformerAttention))
    {
        (heads, dropout) = (config.NumAttentionHeads, config.AttentionDropout);
        k_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        v_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        q_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        out_proj = nn.Linear(config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    /// <param name="attended">bool [B, 1, 1, T]; true where a frame may be looked at. Null: all may.</param>
    public Tensor Forward(Tensor input, Tensor? attended)
    {
        var context = nn.functional.scaled_dot_product_attention(Heads(q_proj.forward(input)), Heads(k_proj.forward(input)), Heads(v_proj.forward(input)),
            attended, training ? dropout : 0); // [B, n, T, d]
        return out_proj.forward(context.transpose(1, 2).flatten(2));
    }

    Tensor Heads(Tensor hidden) => hidden.unflatten(2, heads, hidden.shape[2] / heads).transpose(1, 2); // [B, n, T, d]
}
