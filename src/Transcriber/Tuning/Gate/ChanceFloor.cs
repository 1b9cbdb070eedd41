using System.Text;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>
/// A recognizer must err significantly less than what needs no listening: a text of one letter (the best one; an empty text is worse), and
/// its own texts held against other recordings of like length. The second is chance for a recognizer that has learnt what is often said,
/// and how much of it fits into the time, and nothing else.
/// </summary>
static class ChanceFloor
{
    const int Others = 4; // recordings that a text is held against

    /// <returns>Why it is not above the floor; null: it is.</returns>
    public static string? Of(IReadOnlyList<ScoredRecording> heard)
    {
        if (heard.Count == 0)
            return "there is no recording to judge it on";
        var own = heard.Aggregate(ErrorCounts.None, (sum, r) => sum + r.Characters).Rate;
        return Problem(heard, OneLetter(heard), own, "a text of one letter") ?? Problem(heard, Elsewhere(heard), own, "chance");
    }

    /// <param name="errors">Of the alternative, a recording each.</param>
    static string? Problem(IReadOnlyList<ScoredRecording> heard, IReadOnlyList<double> errors, double own, string what)
    {
        var interval = PairedBootstrap.Of([.. heard.Zip(errors, (r, other) =>
            new PairedErrors(r.Characters.Errors, other, r.Characters.Length, r.Recording.Speaker))]);
        // Too few recordings for an interval, and the first recognizer has to come: the mean decides.
        return interval.IsBelowZero || (interval.Units < PairedBootstrap.MinUnits && interval.Difference < 0) ? null
            : $"it errs no less than {what}: character error {own:0.000}, of {what} {own - interval.Difference:0.000}, "
                + $"{interval.Units} {(interval.BySpeaker ? "speakers" : "recordings")}";
    }

    static double[] OneLetter(IReadOnlyList<ScoredRecording> heard)
    {
        HashSet<Rune>[] letters = [.. heard.Select(r => r.Recording.Text.EnumerateRunes().Where(l => !Rune.IsWhiteSpace(l)).ToHashSet())];
        var best = letters.SelectMany(l => l).CountBy(l => l).MaxBy(l => l.Value).Key;
        return [.. heard.Zip(letters, (r, l) => Math.Max(1, r.Characters.Length) - (l.Contains(best) ? 1.0 : 0.0))];
    }

    /// <summary>
    /// Errors against the texts of the recordings nearest in duration that say something else, scaled to this one's length.
    /// </summary>
    static double[] Elsewhere(IReadOnlyList<ScoredRecording> heard)
    {
        var (sorted, errors) = (heard.Index().OrderBy(r => r.Item.Recording.DurationSeconds).ToArray(), new double[heard.Count]);
        foreach (var (at, (index, recording)) in sorted.Index())
        {
            var others = Nearest(sorted, at).Where(o => o.Recording.Text != recording.Recording.Text).Take(Others)
                .Select(o => ErrorRate.Characters(o.Recording.Text, recording.Text).Rate).ToArray();
            // All say the same: nothing can be told apart, and only the text of one letter is a floor.
            errors[index] = recording.Characters.Length * (others.Length > 0 ? others.Average() : 1);
        }
        return errors;
    }

    static IEnumerable<ScoredRecording> Nearest((int Index, ScoredRecording Item)[] sorted, int at)
    {
        var (below, above, here) = (at - 1, at + 1, sorted[at].Item.Recording.DurationSeconds);
        while (below >= 0 || above < sorted.Length)
        {
            var isBelow = above >= sorted.Length || (below >= 0
                && here - sorted[below].Item.Recording.DurationSeconds <= sorted[above].Item.Recording.DurationSeconds - here);
            yield return sorted[isBelow ? below-- : above++].Item;
        }
    }
}
