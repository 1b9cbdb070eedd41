using Ssl.Learner.Seeding;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// The masked frames of a batch, on the host, so that counting them does not wait for the device. B utterances, T frames, M: at least the
/// masked frames of any utterance.
/// </summary>
sealed class MaskedFrames
{
    /// <summary>Widths are multiples of this: tensors whose shapes come again find their memory and their kernels ready.</summary>
    const int WidthStep = 16;

    readonly bool[] mask;
    readonly long[][] framesOfRow;
    readonly int frames;

    MaskedFrames(bool[] mask, long[][] framesOfRow, int frames)
    {
        this.mask = mask;
        this.framesOfRow = framesOfRow;
        this.frames = frames;
        Width = (framesOfRow.Max(row => row.Length) + WidthStep - 1) / WidthStep * WidthStep;
        Total = framesOfRow.Sum(row => row.Length);
    }

    public int Rows => framesOfRow.Length;

    /// <summary>M: masked frames of the utterance that has most, rounded up.</summary>
    public int Width { get; }

    /// <summary>Masked frames of all utterances.</summary>
    public int Total { get; }

    public int CountOf(int row) => framesOfRow[row].Length;

    /// <summary>Draws the masks of a step: pure, a function of (lengths, seed, step).</summary>
    /// <param name="frameCounts">Real frames of each utterance, up to <paramref name="frames"/>.</param>
    public static MaskedFrames Draw(IReadOnlyList<long> frameCounts, int frames, PretrainingRecipe recipe, long seed, long step)
    {
        var random = new SeededRandom(seed, step, RandomPurpose.SpanMasks);
        var mask = new bool[frameCounts.Count * frames];
        for (var row = 0; row < frameCounts.Count; row++)
            SpanMask.Draw(mask.AsSpan(row * frames, (int)frameCounts[row]), recipe, ref random);
        return From(mask, frameCounts.Count, frames);
    }

    /// <summary>Those of some utterances: the micro-batch of a step.</summary>
    public MaskedFrames Slice(int firstRow, int rows) =>
        new(
            mask.AsSpan(firstRow * frames, rows * frames).ToArray(),
            [.. framesOfRow.Skip(firstRow).Take(rows).Select(row => Array.ConvertAll(row, i => i - (long)firstRow * frames))],
            frames);

    /// <param name="mask">[B, T], row-major; true = masked.</param>
    public static MaskedFrames From(bool[] mask, int rows, int frames)
    {
        var framesOfRow = new long[rows][];
        for (var row = 0; row < rows; row++)
            framesOfRow[row] = [.. Enumerable.Range(row * frames, frames).Where(i => mask[i]).Select(i => (long)i)];
        return new MaskedFrames(mask, framesOfRow, frames);
    }

    /// <summary>True = masked. [B, T]</summary>
    public Tensor TimeMask(Device device) => tensor(mask, [Rows, frames], device: device);

    /// <summary>Takes the masked frames out of [B, T, X]; rows with fewer than M are filled up with their last. [B, M, X]</summary>
    public Tensor Gather(Tensor values, Tensor gatherIndex) =>
        values.reshape(-1, values.shape[2]).index_select(0, gatherIndex).view(Rows, Width, values.shape[2]);

    /// <summary>Index into B·T for <see cref="Gather"/>. [B·M]</summary>
    public Tensor GatherIndex(Device device)
    {
        var index = new long[Rows * Width];
        for (var row = 0; row < Rows; row++)
            for (var i = 0; i < Width; i++)
                index[row * Width + i] = CountOf(row) == 0 ? 0 : framesOfRow[row][Math.Min(i, CountOf(row) - 1)];
        return tensor(index, device: device);
    }

    /// <summary>1 / (masked frames) for a masked frame, 0 for filling: a weighted sum is the mean over masked frames. [B, M]</summary>
    public Tensor MeanWeights(Device device)
    {
        var weights = new float[Rows * Width];
        for (var row = 0; row < Rows; row++)
            Array.Fill(weights, 1f / Total, row * Width, CountOf(row));
        return tensor(weights, [Rows, Width], device: device);
    }
}
