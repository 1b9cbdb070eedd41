using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>What a forward pass knows about where its frames stand; computed once for all layers.</summary>
/// <param name="Cosine">Rotary: [T, d].</param>
/// <param name="Sine">Rotary: [T, d].</param>
/// <param name="Distances">Relative key: int64 [T, T], index of the clamped distance from query (row) to key.</param>
sealed record FramePositions(Tensor? Cosine, Tensor? Sine, Tensor? Distances)
{
    public static FramePositions For(Wav2Vec2BertConfig config, long frames, Device device) => config.PositionEmbedding switch
    {
        PositionEmbedding.Rotary => Rotary(frames, config.HiddenSize / config.NumAttentionHeads, config.RotaryEmbeddingBase, device),
        PositionEmbedding.RelativeKey => Relative(frames, config.LeftMaxPositionEmbeddings, config.RightMaxPositionEmbeddings, device),
        _ => new FramePositions(null, null, null),
    };

    static FramePositions Rotary(long frames, int headSize, int frequencyBase, Device device)
    {
        var frequencies = pow(frequencyBase, -arange(0, headSize, 2, dtype: ScalarType.Float32, device: device) / headSize); // [d / 2]
        var angles = outer(arange(frames, dtype: ScalarType.Float32, device: device), frequencies); // [T, d / 2]
        angles = cat([angles, angles], 1);
        return new FramePositions(angles.cos(), angles.sin(), null);
    }

    static FramePositions Relative(long frames, int left, int right, Device device)
    {
        var position = arange(frames, device: device);
        var distances = (position.unsqueeze(0) - position.unsqueeze(1)).clamp(-left, right) + left;
        return new FramePositions(null, null, distances);
    }
}
