using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Error rates of a candidate and of the champion on the same recordings.</summary>
/// <param name="Difference">In the metric that decides; null: no champion.</param>
sealed record Comparison(GateFigures Figures, DifferenceInterval? Difference)
{
    /// <param name="champion">The same recordings in the same order; null: there is none.</param>
    public static Comparison Of(
        string name, IReadOnlyList<ScoredRecording> candidate, IReadOnlyList<ScoredRecording>? champion, GateMetric metric)
    {
        var figures = new GateFigures
        {
            Name = name,
            Recordings = candidate.Count,
            CharacterErrorRate = Rate(candidate, GateMetric.CharacterErrorRate),
            WordErrorRate = Rate(candidate, GateMetric.WordErrorRate),
        };
        if (champion is null)
            return new Comparison(figures, null);
        var characters = Interval(candidate, champion, GateMetric.CharacterErrorRate);
        var words = Interval(candidate, champion, GateMetric.WordErrorRate);
        return new Comparison(
            figures with
            {
                ChampionCharacterErrorRate = Rate(champion, GateMetric.CharacterErrorRate),
                ChampionWordErrorRate = Rate(champion, GateMetric.WordErrorRate),
                CharacterDifference = Ends(characters),
                WordDifference = Ends(words),
                ResampledBy = characters.BySpeaker ? "speaker" : "recording",
            },
            metric == GateMetric.WordErrorRate ? words : characters);
    }

    /// <summary>For the operator: both error rates and the interval of their difference.</summary>
    public string InWords(GateMetric metric)
    {
        var isWord = metric == GateMetric.WordErrorRate;
        var own = $"{(isWord ? "word" : "character")} error {(isWord ? Figures.WordErrorRate : Figures.CharacterErrorRate):0.000}";
        if (Difference is not { } difference)
            return own;
        var interval = double.IsFinite(difference.Low)
            ? $"95 % interval {difference.Low:+0.000;-0.000} to {difference.High:+0.000;-0.000}, " : "too few for an interval, ";
        return $"{own}, the champion's {(isWord ? Figures.ChampionWordErrorRate : Figures.ChampionCharacterErrorRate):0.000} "
            + $"(difference {difference.Difference:+0.000;-0.000}, {interval}{difference.Units} "
            + $"{(difference.BySpeaker ? "speakers" : "recordings")})";
    }

    static DifferenceInterval Interval(
        IReadOnlyList<ScoredRecording> candidate, IReadOnlyList<ScoredRecording> champion, GateMetric metric) =>
        PairedBootstrap.Of([.. candidate.Zip(champion, (a, b) =>
            new PairedErrors(a.By(metric).Errors, b.By(metric).Errors, a.By(metric).Length, a.Recording.Speaker))]);

    static double Rate(IReadOnlyList<ScoredRecording> heard, GateMetric metric) =>
        heard.Aggregate(ErrorCounts.None, (sum, r) => sum + r.By(metric)).Rate;

    static double[]? Ends(DifferenceInterval interval) => double.IsFinite(interval.Low) ? [interval.Low, interval.High] : null;
}
