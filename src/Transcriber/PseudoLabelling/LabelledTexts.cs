using Ssl.Shared.Recognition;

namespace Ssl.Transcriber.PseudoLabelling;

/// <summary>What true labels tell about texts: a transcript that could not be one of theirs is no pseudo-label.</summary>
sealed class LabelledTexts
{
    /// <summary>Where new words are rarer than this, one in a transcript is more likely an error than a new word.</summary>
    const double RareShare = 0.01;

    readonly Vocabulary letters;
    readonly HashSet<string>? words;

    public LabelledTexts(IReadOnlyList<string> texts)
    {
        letters = Vocabulary.FromTexts(texts);
        var counts = texts.SelectMany(Words).CountBy(word => word).ToArray();
        // The next word is new about as often as words were seen once only (Good 1953, Biometrika 40).
        var expectedNew = counts.Count(c => c.Value == 1) / (double)counts.Sum(c => c.Value);
        if (expectedNew < RareShare)
            words = [.. counts.Select(c => c.Key)];
    }

    /// <summary>Of the labels' letters, and where these hardly ever bring a new word (commands, digits), of their words.</summary>
    public bool MayHold(string text) => letters.Encode(text).Length == text.Length && (words is null || Words(text).All(words.Contains));

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
