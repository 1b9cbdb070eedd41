namespace Ssl.Shared.Speech.Model;

/// <summary>
/// A bottleneck after a transformer layer, one set for each language (MMS, arXiv 2305.13516; transformers: <c>adapter_layer</c>).
/// [B, T, H] to [B, T, H]
/// </summary>
sealed class AttentionAdapter : nn.Module
{
    readonly LayerNorm norm;
    readonly Dense linear_1;
    readonly Dense linear_2;

    public AttentionAdapter(int hiddenSize, int size) : base(nameof(AttentionAdapter))
    {
        norm = nn.LayerNorm(hiddenSize);
        linear_1 = new Dense(hiddenSize, size);
        linear_2 = new Dense(size, hiddenSize);
        RegisterComponents();
    }

    public Tensor Forward(Tensor hidden) => linear_2.forward(nn.functional.relu(linear_1.forward(norm.forward(hidden))));
}
