using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Multi-head self-attention with one of four position embeddings. [B, T, H] to [B, T, H]</summary>
/// <remarks>n: heads, d: head size.</remarks>
sealed class ConformerAttention : nn.Module
{
    readonly Dense linear_q, linear_k, linear_v, linear_out;
    readonly Embedding? distance_embedding;
    readonly Dense? linear_pos;
    readonly Parameter? pos_bias_u, pos_bias_v; // [n, d]
    readonly int heads, headSize;
    readonly double dropout;

    public ConformerAttention(Wav2Vec2BertConfig config) : base(nameof(ConformerAttention))
    {
        (heads, headSize, dropout) = (config.NumAttentionHeads, config.HiddenSize / config.NumAttentionHeads, config.AttentionDropout);
        linear_q = new Dense(config.HiddenSize, config.HiddenSize);
        linear_k = new Dense(config.HiddenSize, config.HiddenSize);
        linear_v = new Dense(config.HiddenSize, config.HiddenSize);
        linear_out = new Dense(config.HiddenSize, config.HiddenSize);
        if (config.PositionEmbedding == PositionEmbedding.RelativeKey)
            distance_embedding = nn.Embedding(config.LeftMaxPositionEmbeddings + config.RightMaxPositionEmbeddings + 1, headSize);
        if (config.PositionEmbedding == PositionEmbedding.Relative)
        {
            linear_pos = new Dense(config.HiddenSize, config.HiddenSize, hasBias: false);
            (pos_bias_u, pos_bias_v) = (nn.Parameter(zeros(heads, headSize)), nn.Parameter(zeros(heads, headSize)));
        }
        RegisterComponents();
    }

    public Tensor Forward(Tensor input, Tensor? attended, FramePositions positions)
    {
        var positioned = positions.Cosine is null ? input : Rotate(input, positions);
        var query = Heads(linear_q.forward(positioned)); // [B, n, T, d]
        var key = Heads(linear_k.forward(positioned));
        var value = Heads(linear_v.forward(input));
        var bias = positions.Distances is null ? attended : RelativeBias(PerDistance(query, positions), attended, positions.Distances);
        query = pos_bias_u is null ? query : query.Plus(pos_bias_u.unsqueeze(1));
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

    /// <summary>Scores of each query for each distance. [B, n, T, distances]</summary>
    Tensor PerDistance(Tensor query, FramePositions positions)
    {
        if (positions.Sinusoids is null)
            return nn.functional.linear(query, distance_embedding!.weight!);
        var keys = linear_pos!.forward(positions.Sinusoids).unflatten(1, heads, headSize).permute(1, 2, 0); // [n, d, distances]
        var queries = query.Plus(pos_bias_v!.unsqueeze(1)).transpose(0, 1).flatten(1, 2); // [n, B * T, d]
        return bmm(queries, keys).unflatten(1, query.shape[0], query.shape[2]).transpose(0, 1);
    }

    /// <summary>One product with all distances, then a gather: no vector for every pair of frames. [B, n, T, T]</summary>
    Tensor RelativeBias(Tensor perDistance, Tensor? attended, Tensor distances)
    {
        using Scalar scale = 1 / Math.Sqrt(headSize);
        perDistance = perDistance * scale;
        var index = distances.expand(perDistance.shape[0], heads, distances.shape[0], distances.shape[1]);
        var bias = perDistance.gather(3, index);
        return attended is null ? bias : bias.masked_fill(attended.logical_not(), Constant.NegativeInfinity);
    }
}
