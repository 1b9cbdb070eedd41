namespace Ssl.Shared.Speech.Decoding;

/// <summary>N-grams of words with what pyctcdecode stores beside them; decoded as it does (<see cref="PyctcdecodeBeam"/>).</summary>
/// <param name="Words">That count as known; none: all that the n-grams have.</param>
/// <param name="Alpha">Weight of the n-grams.</param>
/// <param name="Beta">Added for each word.</param>
/// <param name="UnknownScore">Added for each unknown word.</param>
/// <param name="ScoresBoundaries">Whether the n-grams see the beginning and the end of the text.</param>
public sealed record ImportedLanguageModel(
    NGramModel NGrams, IReadOnlySet<string> Words, double Alpha, double Beta, double UnknownScore, bool ScoresBoundaries)
{
    const int BeamWidth = 100;

    internal BeamDecoder Decoder(Vocabulary vocabulary, DecodingRecipe recipe)
    {
        recipe = recipe with
        {
            BeamWidth = BeamWidth,
            WordModelWeight = Alpha,
            WordBonus = Beta,
            UnknownWordScore = UnknownScore,
            SentenceBoundaries = ScoresBoundaries,
        };
        var tree = new WordTree(NGrams, vocabulary.Spell, Words);
        return new PyctcdecodeBeam(vocabulary, new WordLanguageModel(NGrams, tree, vocabulary.DelimiterLabel, recipe), recipe);
    }
}
