namespace Ssl.Shared.Speech.Scoring;

/// <summary>
/// Paired bootstrap of the difference of two error rates on the same recordings (Bisani and Ney, ICASSP 2004). Recordings of a speaker
/// resemble each other, so whole speakers are drawn where there are enough of them. Deterministic.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>With fewer speakers, recordings are drawn: of five a draw often misses two, which understates the variance.</summary>
    public const int MinSpeakers = 8;
    /// <summary>Five differences are all below zero by chance in one of 32 cases; with fewer units, the interval is unbounded.</summary>
    public const int MinUnits = 6;
    const int Draws = 2000;
    const int Seed = 1;
    const double Tail = 0.025;
    const double NormalQuantile = 1.959964; // of 1 - Tail

    public static DifferenceInterval Of(IReadOnlyCollection<PairedErrors> pairs)
    {
        var bySpeaker = pairs.Select(p => p.Speaker).OfType<string>().Distinct(StringComparer.Ordinal).Count() >= MinSpeakers;
        (double Excess, double Length)[] units =
        [
            .. pairs.Select((pair, i) => (Unit: bySpeaker && pair.Speaker is { } speaker ? speaker : $"\0{i}", Pair: pair))
                .GroupBy(p => p.Unit, p => p.Pair).Select(unit => (unit.Sum(p => p.First - p.Second), unit.Sum(p => p.Length))),
        ];
        var difference = Rate(units.Sum(u => u.Excess), units.Sum(u => u.Length));
        if (units.Length < MinUnits)
            return new DifferenceInterval(difference, double.NegativeInfinity, double.PositiveInfinity, units.Length, bySpeaker);
        var (drawn, widening) = (Drawn(units), Widening(units.Length));
        return new DifferenceInterval(difference, difference + widening * (Quantile(drawn, Tail) - difference),
            difference + widening * (Quantile(drawn, 1 - Tail) - difference), units.Length, bySpeaker);
    }

    static double[] Drawn((double Excess, double Length)[] units)
    {
        var (random, drawn) = (new Random(Seed), new double[Draws]);
        for (var i = 0; i < Draws; i++)
        {
            var (excess, length) = (0.0, 0.0);
            for (var j = 0; j < units.Length; j++)
            {
                var unit = units[random.Next(units.Length)];
                (excess, length) = (excess + unit.Excess, length + unit.Length);
            }
            drawn[i] = Rate(excess, length);
        }
        Array.Sort(drawn);
        return drawn;
    }

    /// <summary>
    /// Percentile intervals of few observations are too narrow: they lack the factor n / (n - 1) of the variance and the tails of Student's
    /// t (Hesterberg 2015, section 4.1). The quantile of t is expanded in 1 / (n - 1) (Abramowitz and Stegun, 26.7.5).
    /// </summary>
    static double Widening(int units)
    {
        var (z, v) = (NormalQuantile, units - 1.0);
        var (z3, z5) = (Math.Pow(z, 3), Math.Pow(z, 5));
        var t = z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v);
        return Math.Sqrt(units / v) * t / z;
    }

    static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return sorted[below] + (at - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }

    static double Rate(double excess, double length) => length > 0 ? excess / length : 0;
}
