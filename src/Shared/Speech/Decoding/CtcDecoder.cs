namespace Ssl.Shared.Speech.Decoding;

/// <summary>Decodes a CTC model's output into words, with the frames of each. Thread-safe.</summary>
public sealed class CtcDecoder
{
    readonly BeamDecoder? letters;
    readonly BeamDecoder? words;

    /// <param name="languageModel">N-grams of letters or of words; null: every <see cref="TextReading"/> is greedy.</param>
    /// <param name="words">Known words beside n-grams of letters (see <see cref="KnownWords"/>), or null.</param>
    public CtcDecoder(Vocabulary vocabulary, NGramModel? languageModel = null, NGramModel? words = null, DecodingRecipe? recipe = null)
    {
        (Vocabulary, LanguageModel, Words) = (vocabulary, languageModel, words);
        recipe ??= new DecodingRecipe();
        this.words = Search(words);
        letters = words is null ? this.words : Search(null);

        BeamDecoder? Search(NGramModel? known) =>
            languageModel is null ? null : new BeamDecoder(vocabulary, LanguageModels.Of(languageModel, known, vocabulary, recipe), recipe);
    }

    public Vocabulary Vocabulary { get; }

    public NGramModel? LanguageModel { get; }

    public NGramModel? Words { get; }

    public IReadOnlyList<DecodedWord> Decode(CtcOutput output, TextReading reading)
    {
        var search = reading switch { TextReading.Words => words, TextReading.Letters => letters, _ => null };
        return search is null
            ? GreedyDecoder.Decode(output.BestLabels, Vocabulary)
            : CtcAlignment.Words(output.LogProbabilities, search.Decode(output.LogProbabilities).Labels, Vocabulary);
    }
}
