using Ssl.Shared.Recognition;

namespace Ssl.Transcriber.PseudoLabelling;

/// <summary>What true labels tell about texts: a transcript that could not be one of theirs is no pseudo-label.</summary>
sealed class LabelledTexts
{
    /// <summary>Where new words are rarer than this, one in a transcript is more likely an error than a new word.</summary>
    const double RareShare = 0.01;

    /// <summary>Words for each different one below which nothing is said about new ones: four labels, two of each, prove little.</summary>
    const double LeastHearings = 3;

    readonly Vocabulary letters;
    readonly HashSet<string>? words;

    public LabelledTexts(IReadOnlyList<string> texts)
    {
        letters = Vocabulary.FromTexts(texts);
        var (alone, sentences) = (texts.Where(t => Words(t).Length == 1), texts.Where(t => Words(t).Length > 1).Distinct()); // a sentence that several read, or that was copied with noise, is no new draw
        var counts = alone.Concat(sentences).SelectMany(Words).CountBy(word => word).ToArray();
        // The next word is new about as often as words were seen once only (Good 1953, Biometrika 40).
        var (all, once) = (counts.Sum(c => c.Value), counts.Count(c => c.Value == 1));
        if (all >= LeastHearings * counts.Length && once < RareShare * all)
            words = [.. counts.Select(c => c.Key)];
    }

    /// <summary>Of the labels' letters, and where these hardly ever bring a new word (commands, digits), of their words.</summary>
    public bool MayHold(string text) => letters.Encode(text).Length == text.Length && (words is null || Words(text).All(words.Contains));

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
