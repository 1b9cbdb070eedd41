using System.Text;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Recognises the texts of a recognizer that does not listen.</summary>
static class DegenerateOutput
{
    const double NearlyAll = 0.9;
    /// <summary>Fast speech has 25 (German numbers); CTC writes at most one letter a frame of 20 or 30 ms.</summary>
    const double MaxLettersASecond = 35;

    /// <returns>What is wrong with the texts as a whole; null: nothing.</returns>
    public static string? Of(IReadOnlyList<ScoredRecording> heard)
    {
        if (heard.Any(r => !double.IsFinite(r.Confidence)))
            return "its output is not a number";
        if (Share(heard, r => r.Text.Length == 0) is >= NearlyAll and var empty)
            return $"{empty:0%} of its texts are empty";
        if (MostFrequent(heard.Select(r => r.Text)) is >= NearlyAll and var same
            && same > MostFrequent(heard.Select(r => r.Recording.Text)))
            return $"{same:0%} of its texts are the same";
        if (MostFrequent(Letters(heard.Select(r => r.Text))) is >= NearlyAll and var letter
            && letter > MostFrequent(Letters(heard.Select(r => r.Recording.Text))))
            return $"{letter:0%} of its letters are the same";
        var seconds = heard.Sum(r => r.Recording.DurationSeconds);
        var (written, said) = (Letters(heard.Select(r => r.Text)).Count() / seconds,
            Letters(heard.Select(r => r.Recording.Text)).Count() / seconds);
        return written > Math.Max(MaxLettersASecond, said) ? $"it writes {written:0} letters a second of audio" : null;
    }

    static double Share(IReadOnlyList<ScoredRecording> heard, Predicate<ScoredRecording> holds) =>
        heard.Count == 0 ? 0 : heard.Count(r => holds(r)) / (double)heard.Count;

    /// <returns>Share of the most frequent one, 0 to 1.</returns>
    static double MostFrequent<T>(IEnumerable<T> all) where T : notnull
    {
        var counts = all.CountBy(one => one).Select(c => c.Value).ToArray();
        return counts.Length == 0 ? 0 : counts.Max() / (double)counts.Sum();
    }

    static IEnumerable<Rune> Letters(IEnumerable<string> texts) =>
        texts.SelectMany(text => text.EnumerateRunes()).Where(rune => !Rune.IsWhiteSpace(rune));
}
