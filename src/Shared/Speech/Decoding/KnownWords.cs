namespace Ssl.Shared.Speech.Decoding;

/// <summary>The words of a few texts, as a model of single words. Beside n-grams of letters it says which letters make a word that the texts have, and how likely the next word is one that they have not.</summary>
public static class KnownWords
{
    /// <summary>
    /// Words by how often they came. <see cref="NGramModel.Unknown"/> stands for all others together: as often as a word came only once (Good 1953), with one of each kind added, so that neither is impossible.
    /// Ten digits, three times each, leave 3 % to other words; ten minutes of audiobooks, near 40.
    /// </summary>
    /// <param name="texts">As labelled; normalised here.</param>
    public static NGramModel Estimate(IEnumerable<string> texts)
    {
        var counts = texts.SelectMany(t => Vocabulary.Normalise(t).Split(' ', StringSplitOptions.RemoveEmptyEntries)).CountBy(word => word).OrderBy(w => w.Key, StringComparer.Ordinal).ToArray();
        var (all, once) = (counts.Sum(w => (double)w.Value), counts.Count(w => w.Value == 1));
        var unknown = (once + 1) / (all + 2);
        (string Name, double Probability)[] words = [(NGramModel.Unknown, unknown), .. counts.Select(w => (w.Key, (1 - unknown) * w.Value / all))];
        return new NGramModel(
            order: 1,
            words.Select((word, token) => (word.Name, token)).ToDictionary(w => w.Name, w => w.token, StringComparer.Ordinal),
            Enumerable.Range(0, words.Length).ToDictionary(token => (0, token), token => token + 1),
            [default, .. words.Select((word, token) => new NGramNode(Parent: 0, token, Depth: 1, Math.Log(word.Probability), LogBackoff: 0))]);
    }
}
