using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

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
        var frequencies = Enumerable.Range(0, headSize / 2).Select(i => (float)Math.Pow(frequencyBase, -2.0 * i / headSize)).ToArray(); // [d / 2]
        var times = Enumerable.Range(0, (int)frames).Select(t => (float)t).ToArray(); // [T]
        var angles = outer(tensor(times), tensor(frequencies)).to(device); // [T, d / 2]
        angles = cat([angles, angles], 1);
        return new FramePositions(angles.cos(), angles.sin(), null);
    }

    static FramePositions Relative(long frames, int left, int right, Device device)
    {
        var times = tensor(Enumerable.Range(0, (int)frames).Select(t => (long)t).ToArray(), device: device); // [T]
        using Scalar least = -left, most = right, first = left;
        return new FramePositions(null, null, (times.unsqueeze(0) - times.unsqueeze(1)).clamp_(least, most).add_(first, Constant.One));
    }
}
