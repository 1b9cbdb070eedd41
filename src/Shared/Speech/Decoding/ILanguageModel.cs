namespace Ssl.Shared.Speech.Decoding;

/// <summary>Scores the letters of a beam search: natural logarithms, with weights and bonuses applied. Thread-safe.</summary>
interface ILanguageModel
{
    LanguageState Beginning { get; }

    /// <param name="label">Of the acoustic model's vocabulary: a letter or the word delimiter, never two delimiters in a row.</param>
    (double Score, LanguageState State) Write(LanguageState state, int label);

    /// <summary>Score of the end of the text.</summary>
    double Finish(LanguageState state);

    /// <summary>A model of letters if every token is a letter (or the word delimiter) of the recognizer, else one of words.</summary>
    /// <param name="words">Known words for a model of letters (<see cref="KnownWords"/>); ignored for a model of words.</param>
    static ILanguageModel Of(NGramModel model, NGramModel? words, Vocabulary vocabulary, DecodingRecipe recipe)
    {
        var letters = vocabulary.WrittenTokens.ToHashSet(StringComparer.Ordinal);
        return model.Tokens.All(t => letters.Contains(t) || NGramModel.IsSpecial(t))
            ? new LetterLanguageModel(model, words, vocabulary, recipe)
            : new WordLanguageModel(model, new WordTree(model, vocabulary.TryEncode), vocabulary.DelimiterLabel, recipe);
    }
}

/// <summary>What the language model needs of the text before the next letter.</summary>
/// <param name="Context">Node of the n-gram model.</param>
/// <param name="Word">Node of the current word in a <see cref="WordTree"/>; negative for an out-of-vocabulary word.</param>
/// <param name="HotWord">Node of the current word in the tree of <see cref="HotWords"/>.</param>
readonly record struct LanguageState(int Context, int Word, int HotWord = 0);
