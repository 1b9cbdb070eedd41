namespace Ssl.Shared.Speech.Decoding;

/// <summary>What an n-gram model means for a recognizer's letters.</summary>
static class LanguageModels
{
    /// <summary>A model whose every token is a letter (or the word delimiter) of the recognizer is one of letters; any other is one of words.</summary>
    /// <param name="words">Beside a model of letters: which words are known (<see cref="KnownWords"/>). A model of words knows its own, and these are not looked at.</param>
    public static ILanguageModel Of(NGramModel model, NGramModel? words, Vocabulary vocabulary, DecodingRecipe recipe)
    {
        var letters = vocabulary.Tokens.Where((_, label) => vocabulary.IsWritten(label)).ToHashSet(StringComparer.Ordinal);
        return model.Tokens.All(t => letters.Contains(t) || t is NGramModel.Start or NGramModel.End or NGramModel.Unknown)
            ? new LetterLanguageModel(model, words, vocabulary, recipe)
            : new WordLanguageModel(model, vocabulary, recipe);
    }
}
