using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Positions of the frames of a forward pass, computed once for all layers.</summary>
/// <param name="Cosine">Rotary: [T, d].</param>
/// <param name="Sine">Rotary: [T, d].</param>
/// <param name="Distances">Relative, relative key: int64 [T, T], index of the distance from query (row) to key.</param>
/// <param name="Sinusoids">Relative: one row for each distance from T - 1 down to 1 - T. [2T - 1, H]</param>
sealed record FramePositions(Tensor? Cosine, Tensor? Sine, Tensor? Distances, Tensor? Sinusoids = null)
{
    public static FramePositions None { get; } = new(null, null, null);

    public static FramePositions For(Wav2Vec2BertConfig config, long frames, Device device) => config.PositionEmbedding switch
    {
        PositionEmbedding.Rotary => Rotary(frames, config.HiddenSize / config.NumAttentionHeads, config.RotaryEmbeddingBase, device),
        PositionEmbedding.RelativeKey => RelativeKey(frames, config.LeftMaxPositionEmbeddings, config.RightMaxPositionEmbeddings, device),
        PositionEmbedding.Relative => Relative((int)frames, config.HiddenSize, device),
        _ => None,
    };

    static FramePositions Rotary(long frames, int headSize, int frequencyBase, Device device)
    {
        var powers = Enumerable.Range(0, headSize / 2).Select(i => (float)Math.Pow(frequencyBase, -2.0 * i / headSize)); // [d / 2]
        var times = Enumerable.Range(0, (int)frames).Select(t => (float)t).ToArray(); // [T]
        var angles = outer(tensor(times), tensor(powers.ToArray())).to(device); // [T, d / 2]
        angles = cat([angles, angles], 1);
        return new FramePositions(angles.cos(), angles.sin(), null);
    }

    static FramePositions RelativeKey(long frames, int left, int right, Device device)
    {
        var times = tensor(Enumerable.Range(0, (int)frames).Select(t => (long)t).ToArray(), device: device); // [T]
        using Scalar min = -left, max = right, offset = left;
        return new FramePositions(null, null, (times.unsqueeze(0) - times.unsqueeze(1)).clamp_(min, max).add_(offset, Constant.One));
    }

    static FramePositions Relative(int frames, int hiddenSize, Device device)
    {
        using Scalar decay = (float)(-Math.Log(10_000) / hiddenSize);
        var evens = Enumerable.Range(0, (hiddenSize + 1) / 2).Select(i => 2f * i).ToArray();
        var powers = tensor(evens, device: device).mul(decay).exp(); // [H / 2]
        var distances = tensor(Enumerable.Range(1 - frames, 2 * frames - 1).Select(d => (float)-d).ToArray(), device: device); // [2T - 1]
        var angles = outer(distances, powers); // in float32, as the reference
        var sinusoids = stack([angles.sin(), angles.cos()], 2).flatten(1)[.., ..hiddenSize];
        return RelativeKey(frames, frames - 1, frames - 1, device) with { Sinusoids = sinusoids };
    }
}
