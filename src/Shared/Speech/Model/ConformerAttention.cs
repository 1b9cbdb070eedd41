using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Multi-head self-attention with one of three position embeddings. [B, T, H] to [B, T, H]</summary>
/// <remarks>n: heads, d: head size.</remarks>
sealed class ConformerAttention : nn.Module
{
    readonly Linear linear_q;
    readonly Linear linear_k;
    readonly Linear linear_v;
    readonly Linear linear_out;
    readonly Embedding? distance_embedding;
    readonly int heads;
    readonly int headSize;
    readonly double dropout;

    public ConformerAttention(Wav2Vec2BertConfig config) : base(nameof(ConformerAttention))
    {
        (heads, headSize, dropout) = (config.NumAttentionHeads, config.HiddenSize / config.NumAttentionHeads, config.AttentionDropout);
        linear_q = nn.Linear(config.HiddenSize, config.HiddenSize);
        linear_k = nn.Linear(config.HiddenSize, config.HiddenSize);
        linear_v = nn.Linear(config.HiddenSize, config.HiddenSize);
        linear_out = nn.Linear(config.HiddenSize, config.HiddenSize);
        if (config.PositionEmbedding == PositionEmbedding.RelativeKey)
            distance_embedding = nn.Embedding(config.LeftMaxPositionEmbeddings + config.RightMaxPositionEmbeddings + 1, headSize);
        RegisterComponents();
    }

    public Tensor Forward(Tensor input, Tensor? attended, FramePositions positions)
    {
        var positioned = positions.Cosine is null ? input : Rotate(input, positions);
        var query = Heads(linear_q.forward(positioned)); // [B, n, T, d]
        var key = Heads(linear_k.forward(positioned));
        var value = Heads(linear_v.forward(input));
        var bias = positions.Distances is null ? attended : RelativeBias(query, attended, positions.Distances);
        var context = nn.functional.scaled_dot_product_attention(query, key, value, bias, training ? dropout : 0);
        return linear_out.forward(context.transpose(1, 2).flatten(2));
    }

    Tensor Heads(Tensor hidden) => hidden.unflatten(2, heads, headSize).transpose(1, 2);

    Tensor Rotate(Tensor input, FramePositions positions)
    {
        var hidden = input.unflatten(2, heads, headSize); // [B, T, n, d]
        var turned = cat([-hidden.narrow(3, headSize / 2, headSize - headSize / 2), hidden.narrow(3, 0, headSize / 2)], 3);
        return (hidden * positions.Cosine!.unsqueeze(1)).Plus(turned * positions.Sine!.unsqueeze(1)).flatten(2);
    }

    /// <summary>One product with the table of distances, then a gather, instead of a vector for every pair of frames. [B, n, T, T]</summary>
    Tensor RelativeBias(Tensor query, Tensor? attended, Tensor distances)
    {
        using Scalar scale = 1 / Math.Sqrt(headSize);
        var perDistance = nn.functional.linear(query, distance_embedding!.weight!) * scale; // [B, n, T, distances]
        var index = distances.expand(perDistance.shape[0], heads, distances.shape[0], distances.shape[1]);
        var bias = perDistance.gather(3, index);
        return attended is null ? bias : bias.masked_fill(attended.logical_not(), Constant.NegativeInfinity);
    }
}
