using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>
/// Anchor and work in turn, A W A W ...; a pair counts when the anchors on its two sides differ by at most 10 %. The median with a
/// bootstrap 90 % interval; fewer than 8 pairs left: inconclusive.
/// </summary>
static class Pairs
{
    const int Count = 20;
    const int MinPairs = 8;
    const int Resamples = 2000;
    const double MaxDrift = 0.1;

    /// <param name="work">Does one unit and returns its rate in units a second.</param>
    public static void Print(string what, string unit, Func<double> work)
    {
        using var anchor = new Anchor();
        if (Measure(what, anchor.OperationsPerSecond, work) is not { } kept)
            return;
        double[] shares = [.. kept.Select(k => k.Work / k.Anchor * 1e9)];
        var (low, high) = Interval(shares);
        Console.WriteLine($"{what}: {Median([.. kept.Select(k => k.Work)]):0.0} {unit}; "
            + $"{Median(shares):0.000} per GFLOP/s of the 512-cubed product [{low:0.000}, {high:0.000}], "
            + $"{kept.Count} pairs, anchor {kept[^1].Anchor / 1e9:0} GFLOP/s");
    }

    /// <param name="work">Does one unit and returns its operations a second.</param>
    /// <param name="reference">The share that the reference implementation reaches.</param>
    public static void PrintShare(string what, Func<double> work, double reference)
    {
        using var anchor = new Anchor(1024);
        if (Measure(what, anchor.OperationsPerSecond, work) is not { } kept)
            return;
        double[] shares = [.. kept.Select(k => k.Work / k.Anchor)];
        var (low, high) = Interval(shares);
        var median = Median(shares);
        Console.WriteLine($"{what}: {median:0.000} of the 1024-cubed product [{low:0.000}, {high:0.000}], {kept.Count} pairs; "
            + $"the reference {reference:0.000}: {median / reference:0.0} times as fast");
    }

    /// <summary>As <see cref="PrintShare"/>, of the 512-cubed product of a type: how well the processor is used.</summary>
    public static void PrintPeakShare(string what, ScalarType type, Func<double> work)
    {
        using var anchor = new Anchor(512, type);
        if (Measure(what, anchor.OperationsPerSecond, work) is not { } kept)
            return;
        double[] shares = [.. kept.Select(k => k.Work / k.Anchor)];
        var (low, high) = Interval(shares);
        Console.WriteLine($"{what}: {Median(shares):0.000} of the 512-cubed {type} product [{low:0.000}, {high:0.000}], "
            + $"{kept.Count} pairs, anchor {kept[^1].Anchor / 1e9:0} GFLOP/s");
    }

    /// <summary>How much longer one thing takes than another, done in turn.</summary>
    public static void PrintRatio(string what, Func<double> seconds, Func<double> otherSeconds)
    {
        if (Measure(what, seconds, otherSeconds) is not { } kept)
            return;
        double[] ratios = [.. kept.Select(k => k.Anchor / k.Work)];
        var (low, high) = Interval(ratios);
        Console.WriteLine($"{what}: {Median(ratios):0.00} [{low:0.00}, {high:0.00}], {kept.Count} pairs");
    }

    /// <summary>The pairs whose two anchors agree; null, and a line that says so, where too few do.</summary>
    static List<(double Anchor, double Work)>? Measure(string what, Func<double> anchor, Func<double> work)
    {
        work();
        anchor();
        var (before, kept) = (anchor(), new List<(double, double)>());
        for (var pair = 0; pair < Count; pair++)
        {
            var done = work();
            var after = anchor();
            if (Math.Abs(after - before) <= MaxDrift * Math.Max(after, before))
                kept.Add(((before + after) / 2, done));
            before = after;
        }
        if (kept.Count >= MinPairs)
            return kept;
        Console.WriteLine($"{what}: inconclusive, {kept.Count} of {Count} pairs had a steady anchor");
        return null;
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    static (double Low, double High) Interval(double[] values)
    {
        var (_, low, high) = Bootstrap(values, sorted => sorted[sorted.Length / 2]);
        return (low, high);
    }

    /// <summary>A figure of values with its bootstrap 90 % interval.</summary>
    /// <param name="figure">Of sorted values.</param>
    public static (double Value, double Low, double High) Bootstrap(double[] values, Func<double[], double> figure)
    {
        var random = new Random(1);
        double[] Resample() => [.. values.Select(_ => values[random.Next(values.Length)]).Order()];
        var figures = Enumerable.Range(0, Resamples).Select(_ => figure(Resample())).Order().ToArray();
        return (figure([.. values.Order()]), figures[Resamples / 20], figures[Resamples * 19 / 20]);
    }
}
