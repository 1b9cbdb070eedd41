namespace Ssl.Shared.Speech.Scoring;

/// <summary>Two texts word by word, aligned by the fewest edits (Levenshtein), as <see cref="ErrorRate"/> counts them.</summary>
public static class WordDifference
{
    /// <param name="a">Time and memory grow with the product of the two lengths: for pieces of a recording.</param>
    public static IReadOnlyList<WordPair> Of(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var edits = new int[a.Count + 1, b.Count + 1]; // between what is left of the two from here on
        for (var i = a.Count; i >= 0; i--)
            for (var j = b.Count; j >= 0; j--)
                edits[i, j] = i == a.Count ? b.Count - j : j == b.Count ? a.Count - i
                    : a[i] == b[j] ? edits[i + 1, j + 1]
                    : 1 + Math.Min(edits[i + 1, j + 1], Math.Min(edits[i + 1, j], edits[i, j + 1]));
        var pairs = new List<WordPair>();
        for (var (i, j) = (0, 0); i < a.Count || j < b.Count;)
        {
            if (i < a.Count && j < b.Count && (a[i] == b[j] || edits[i, j] == 1 + edits[i + 1, j + 1]))
                pairs.Add(new WordPair(i++, j++));
            else if (i < a.Count && edits[i, j] == 1 + edits[i + 1, j])
                pairs.Add(new WordPair(i++, null));
            else
                pairs.Add(new WordPair(null, j++));
        }
        return pairs;
    }
}
