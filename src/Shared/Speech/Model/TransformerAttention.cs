namespace Ssl.Shared.Speech.Model;

/// <summary>Multi-head self-attention. [B, T, H] to [B, T, H]</summary>
sealed class TransformerAttention : nn.Module
{
    readonly Dense k_proj, v_proj, q_proj, out_proj;
    readonly int heads;
    readonly double dropout;

    public TransformerAttention(Wav2Vec2Config config) : base(nameof(TransformerAttention))
    {
        (heads, dropout) = (config.NumAttentionHeads, config.AttentionDropout);
        k_proj = new Dense(config.HiddenSize, config.HiddenSize);
        v_proj = new Dense(config.HiddenSize, config.HiddenSize);
        q_proj = new Dense(config.HiddenSize, config.HiddenSize);
        out_proj = new Dense(config.HiddenSize, config.HiddenSize);
        RegisterComponents();
    }

    /// <param name="attended">bool [B, 1, 1, T]; false on padding. Null: no padding.</param>
    public Tensor Forward(Tensor input, Tensor? attended)
    {
        var (query, key, value) = (Heads(q_proj.forward(input)), Heads(k_proj.forward(input)), Heads(v_proj.forward(input)));
        var context = nn.functional.scaled_dot_product_attention(query, key, value, attended, training ? dropout : 0); // [B, n, T, d]
        return out_proj.forward(context.transpose(1, 2).flatten(2));
    }

    Tensor Heads(Tensor hidden) => hidden.unflatten(2, heads, hidden.shape[2] / heads).transpose(1, 2); // [B, n, T, d]
}
