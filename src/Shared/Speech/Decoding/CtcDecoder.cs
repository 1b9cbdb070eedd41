namespace Ssl.Shared.Speech.Decoding;

/// <summary>Decodes a CTC model's output into words with their frames. Thread-safe.</summary>
public sealed class CtcDecoder
{
    readonly BeamDecoder? letters, words;
    readonly DecodingRecipe recipe;

    /// <param name="languageModel">N-grams of letters or of words; null: every <see cref="TextReading"/> is greedy.</param>
    /// <param name="words">Known words (see <see cref="KnownWords"/>) for n-grams of letters, or null.</param>
    /// <param name="imported">Used in place of <paramref name="languageModel"/>.</param>
    public CtcDecoder(
        Vocabulary vocabulary, NGramModel? languageModel = null, NGramModel? words = null, DecodingRecipe? recipe = null,
        ImportedLanguageModel? imported = null)
    {
        (Vocabulary, LanguageModel, Words, Imported) = (vocabulary, languageModel, words, imported);
        this.recipe = recipe ??= new DecodingRecipe();
        this.words = imported?.Decoder(vocabulary, recipe) ?? Search(words);
        letters = words is null ? this.words : Search(null);

        BeamDecoder? Search(NGramModel? known) =>
            languageModel is null ? null : new BeamDecoder(vocabulary, ILanguageModel.Of(languageModel, known, vocabulary, recipe), recipe);
    }

    public Vocabulary Vocabulary { get; }
    public NGramModel? LanguageModel { get; }
    public NGramModel? Words { get; }
    public ImportedLanguageModel? Imported { get; }

    public IReadOnlyList<DecodedWord> Decode(CtcOutput output, TextReading reading)
    {
        var search = reading switch { TextReading.Words => words, TextReading.Letters => letters, _ => null };
        return search is null ? GreedyDecoder.Decode(output.BestLabels, output.LogProbabilities, Vocabulary) : Found(output, search);
    }

    /// <summary>Beam search that favours some words, with the n-grams and known words that the recognizer has.</summary>
    /// <param name="hotWords">As written; those with a letter that the vocabulary lacks have no effect.</param>
    public IReadOnlyList<DecodedWord> Decode(CtcOutput output, IReadOnlyList<string> hotWords) => Found(output, Search(hotWords));

    /// <summary>The beam search of <see cref="TextReading.Words"/>; without a language model, one that knows the sound alone.</summary>
    /// <inheritdoc cref="Decode(CtcOutput, IReadOnlyList{string})"/>
    internal BeamDecoder Search(IReadOnlyList<string> hotWords)
    {
        string[] favoured = [.. hotWords.SelectMany(text => Vocabulary.Policy.Apply(text).Split(' ')).Where(w => w.Length > 0).Distinct()];
        if (favoured.Length == 0)
            return words ?? new BeamDecoder(Vocabulary, null, recipe);
        return words?.With(language => new HotWords(language, favoured, Vocabulary))
            ?? new BeamDecoder(Vocabulary, new HotWords(null, favoured, Vocabulary), recipe);
    }

    IReadOnlyList<DecodedWord> Found(CtcOutput output, BeamDecoder search) =>
        CtcAlignment.Words(output.LogProbabilities, search.Decode(output.LogProbabilities).Labels, Vocabulary);
}
