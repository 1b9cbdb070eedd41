namespace Ssl.Benchmarks;

/// <summary>
/// Anchor and work in turn, A W A W ...; a pair counts when the anchors on its two sides differ by at most 10 %. The median with a
/// bootstrap 90 % interval; fewer than 8 pairs left: inconclusive.
/// </summary>
static class Pairs
{
    const int Count = 20;
    const int Fewest = 8;
    const int Resamples = 2000;
    const double MostDrift = 0.1;

    /// <param name="work">Does one unit and returns its rate in units a second.</param>
    public static void Print(string what, string unit, Func<double> work)
    {
        using var anchor = new Anchor();
        work();
        anchor.OperationsPerSecond();
        var (before, kept) = (anchor.OperationsPerSecond(), new List<(double Rate, double Ratio)>());
        for (var pair = 0; pair < Count; pair++)
        {
            var rate = work();
            var after = anchor.OperationsPerSecond();
            if (Math.Abs(after - before) <= MostDrift * Math.Max(after, before))
                kept.Add((rate, rate / ((before + after) / 2) * 1e9));
            before = after;
        }
        if (kept.Count < Fewest)
        {
            Console.WriteLine($"{what}: inconclusive, {kept.Count} of {Count} pairs had a steady anchor");
            return;
        }
        var (low, high) = Interval([.. kept.Select(k => k.Ratio)]);
        Console.WriteLine($"{what}: {Median([.. kept.Select(k => k.Rate)]):0.0} {unit}; {Median([.. kept.Select(k => k.Ratio)]):0.000} per GFLOP/s of the 512-cubed product [{low:0.000}, {high:0.000}], {kept.Count} pairs, anchor {before / 1e9:0} GFLOP/s");
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    static (double Low, double High) Interval(double[] values)
    {
        var random = new Random(1);
        var medians = Enumerable.Range(0, Resamples).Select(_ => Median([.. values.Select(_ => values[random.Next(values.Length)])])).Order().ToArray();
        return (medians[Resamples / 20], medians[Resamples * 19 / 20]);
    }
}
