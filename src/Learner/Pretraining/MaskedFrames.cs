using Ssl.Learner.Seeding;

namespace Ssl.Learner.Pretraining;

/// <summary>The masked frames of a batch, on the host, so that counting them does not wait for the device.</summary>
/// <remarks>B: utterances, T: frames, M: maximum of masked frames of an utterance, rounded up.</remarks>
sealed class MaskedFrames
{
    /// <summary>M is a multiple of it: libtorch is faster with shapes it has seen before.</summary>
    const int WidthStep = 16;

    readonly bool[] mask;
    readonly int frames;
    readonly long[][] framesOfRow;

    /// <param name="mask">[B, T], row-major; true = masked.</param>
    public MaskedFrames(bool[] mask, int rows, int frames)
    {
        (this.mask, this.frames) = (mask, frames);
        framesOfRow = [.. Enumerable.Range(0, rows).Select(row =>
            Enumerable.Range(row * frames, frames).Where(i => mask[i]).Select(i => (long)i).ToArray())];
        Width = (framesOfRow.Max(row => row.Length) + WidthStep - 1) / WidthStep * WidthStep;
        Total = framesOfRow.Sum(row => row.Length);
    }

    public int Rows => framesOfRow.Length;

    /// <summary>M.</summary>
    public int Width { get; }

    /// <summary>Masked frames of all utterances.</summary>
    public int Total { get; }

    public int CountOf(int row) => framesOfRow[row].Length;

    /// <summary>Draws the masks of a step; a pure function of (frame counts, seed, step).</summary>
    /// <param name="frameCounts">Frames of each utterance without padding, up to <paramref name="frames"/>.</param>
    public static MaskedFrames Draw(IReadOnlyList<long> frameCounts, int frames, PretrainingRecipe recipe, long seed, long step)
    {
        var random = new SeededRandom(seed, step, RandomPurpose.SpanMasks);
        var mask = new bool[frameCounts.Count * frames];
        for (var row = 0; row < frameCounts.Count; row++)
            SpanMask.Draw(mask.AsSpan(row * frames, (int)frameCounts[row]), recipe, ref random);
        return new MaskedFrames(mask, frameCounts.Count, frames);
    }

    /// <summary>Those of a micro-batch.</summary>
    public MaskedFrames Slice(int firstRow, int rows) =>
        new(mask.AsSpan(firstRow * frames, rows * frames).ToArray(), rows, frames);

    /// <summary>True = masked. [B, T]</summary>
    public Tensor TimeMask(Device device) => tensor(mask, [Rows, frames], device: device);

    /// <summary>The masked frames of [B, T, X]; rows with fewer than M are padded with their last. [B, M, X]</summary>
    public Tensor Gather(Tensor values, Tensor gatherIndex) =>
        values.reshape(-1, values.shape[2]).index_select(0, gatherIndex).view(Rows, Width, values.shape[2]);

    /// <summary>Index into B·T for <see cref="Gather"/>. [B·M]</summary>
    public Tensor GatherIndex(Device device)
    {
        var index = new long[Rows * Width];
        for (var i = 0; i < index.Length; i++)
            if (framesOfRow[i / Width] is { Length: > 0 } masked)
                index[i] = masked[Math.Min(i % Width, masked.Length - 1)];
        return tensor(index, device: device);
    }

    /// <summary>1 / (masked frames) for masked frames, 0 for padding: a weighted sum is the mean over masked frames. [B, M]</summary>
    public Tensor MeanWeights(Device device)
    {
        var weights = new float[Rows * Width];
        for (var row = 0; row < Rows; row++)
            Array.Fill(weights, 1f / Total, row * Width, CountOf(row));
        return tensor(weights, [Rows, Width], device: device);
    }
}
