namespace Ssl.Shared.Speech.Decoding;

/// <summary>The words of a few texts as 1-grams: beside n-grams of letters, they give the odds of an out-of-vocabulary word.</summary>
public static class KnownWords
{
    /// <summary>
    /// Words by frequency. <see cref="NGramModel.Unknown"/> has the share of singletons (Good 1953), with one added to the singletons
    /// and one to the other words, so that its probability is neither 0 nor 1. For ten digits, three times each, it is 3 %; for ten
    /// minutes of audiobooks, nearly 40 %.
    /// </summary>
    /// <param name="texts">Normalised.</param>
    public static NGramModel Estimate(IEnumerable<string> texts)
    {
        var counts = texts.SelectMany(t => t.Split(' ', StringSplitOptions.RemoveEmptyEntries)).CountBy(word => word)
            .OrderBy(w => w.Key, StringComparer.Ordinal).ToArray();
        var (all, once) = (counts.Sum(w => (double)w.Value), counts.Count(w => w.Value == 1));
        var unknown = (once + 1) / (all + 2);
        (string Name, double Probability)[] words =
            [(NGramModel.Unknown, unknown), .. counts.Select(w => (w.Key, (1 - unknown) * w.Value / all))];
        return new NGramModel(
            order: 1,
            words.Select((word, token) => (word.Name, token)).ToDictionary(w => w.Name, w => w.token, StringComparer.Ordinal),
            Enumerable.Range(0, words.Length).ToDictionary(token => (0, token), token => token + 1),
            [default, .. words.Select((word, token) => new NGramNode(Parent: 0, token, Depth: 1, Math.Log(word.Probability), 0))]);
    }
}
