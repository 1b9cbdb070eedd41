namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// The beam search of pyctcdecode 0.5 as transformers calls it, in what it prunes: alignments of a text that end in a blank and in a label
/// have places of their own in the beam; improbable blanks and repetitions are not tried, but special tokens are; a text with and without a
/// delimiter at its end is one in the end, finished as the less probable of the two. Thread-safe.
/// </summary>
sealed class PyctcdecodeBeam(Vocabulary vocabulary, ILanguageModel? language, DecodingRecipe recipe)
    : BeamDecoder(vocabulary, language, recipe, triesSpecialTokens: true)
{
    readonly int delimiter = vocabulary.DelimiterLabel;
    readonly int width = recipe.BeamWidth;
    readonly double minBeamScore = recipe.MinBeamScore;
    readonly ILanguageModel? language = language;

    public override BeamDecoder With(Func<ILanguageModel?, ILanguageModel> change) =>
        new PyctcdecodeBeam(Letters, change(language), Recipe);

    protected override bool PrunesRepetitions => true;

    protected override void Prune(List<Prefix> next)
    {
        var scores = next.SelectMany(Scores).OrderDescending().Take(width).ToArray();
        var minScore = Math.Max(scores[0] + minBeamScore, scores[^1]);
        next.RemoveAll(prefix => !prefix.Prune(minScore));
    }

    protected override (int[] Labels, double Score) Best(List<Prefix> beam)
    {
        var texts = new Dictionary<Prefix, (double Alignments, Prefix Last)>();
        foreach (var prefix in beam.OrderByDescending(prefix => Scores(prefix).Min()))
        {
            var text = prefix.Label == delimiter && prefix.Parent is { } without ? without : prefix;
            texts[text] = (texts.TryGetValue(text, out var same) ? Prefix.Sum(same.Alignments, prefix.Either) : prefix.Either, prefix);
        }
        var (best, score) = texts.Select(t => (t.Key, Score: t.Value.Alignments + t.Value.Last.LanguageScore
            + (language?.Finish(t.Value.Last.Language) ?? 0))).MaxBy(t => t.Score);
        return (best.Labels(), score);
    }

    /// <summary>Of the alignments that end in a blank and in a label, where there are any.</summary>
    static IEnumerable<double> Scores(Prefix prefix) => new[] { prefix.InBlank, prefix.InLabel }
        .Where(score => !double.IsNegativeInfinity(score)).Select(score => score + prefix.LanguageScore);
}
