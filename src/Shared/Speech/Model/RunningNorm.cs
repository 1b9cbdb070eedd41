namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Mean and variance of each feature over what has been heard so far, in place of those of the whole utterance, which is not over yet.
/// Not thread-safe.
/// </summary>
/// <param name="width">Features of a row: mel bins, or 1 of a waveform.</param>
/// <param name="rowsASecond">Of speech.</param>
public sealed class RunningNorm(int width, int rowsASecond)
{
    internal const double VarianceFloor = 1e-7;

    readonly double[] sums = new double[width];
    readonly double[] squares = new double[width];
    double count;

    int Width => width;

    /// <summary>A new one where the features are others: another version may be of another layout.</summary>
    internal static RunningNorm Continue(RunningNorm? before, int width, int rowsASecond) =>
        before is not null && before.Width == width ? before : new RunningNorm(width, rowsASecond);

    internal void Add(ReadOnlySpan<float> rows)
    {
        for (var i = 0; i < rows.Length; i += width)
        {
            for (var k = 0; k < width; k++)
            {
                double value = rows[i + k];
                sums[k] += value;
                squares[k] += value * value;
            }
        }
        count += rows.Length / width;
    }

    /// <summary>To zero mean and unit variance.</summary>
    internal void Apply(Span<float> rows)
    {
        var (means, scales) = (new double[width], new double[width]);
        for (var k = 0; k < width; k++)
        {
            means[k] = sums[k] / Math.Max(1, count);
            var variance = (squares[k] - sums[k] * means[k]) / Math.Max(1, count - 1);
            scales[k] = 1 / Math.Sqrt(Math.Max(0, variance) + VarianceFloor);
        }
        for (var i = 0; i < rows.Length; i += width)
            for (var k = 0; k < width; k++)
                rows[i + k] = (float)((rows[i + k] - means[k]) * scales[k]);
    }

    /// <summary>What was heard counts like so much of it from now on, if it is more.</summary>
    public void Fade(double seconds)
    {
        var share = seconds * rowsASecond / count;
        if (share >= 1)
            return;
        for (var k = 0; k < width; k++)
            (sums[k], squares[k]) = (sums[k] * share, squares[k] * share);
        count *= share;
    }
}
