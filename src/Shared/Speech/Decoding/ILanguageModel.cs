namespace Ssl.Shared.Speech.Decoding;

/// <summary>What a beam search asks about the letters it is about to write. Scores are natural logarithms, weights and bonuses in them; states are values. Thread-safe.</summary>
interface ILanguageModel
{
    LanguageState Beginning { get; }

    /// <param name="label">Of the acoustic model's vocabulary: a letter or the word delimiter, never two delimiters in a row.</param>
    (double Score, LanguageState State) Write(LanguageState state, int label);

    /// <summary>What is added when the text ends here.</summary>
    double Finish(LanguageState state);
}

/// <summary>What a text so far means for its next letter.</summary>
/// <param name="Context">Node of the n-gram model.</param>
/// <param name="Word">Node of the begun word, where words are counted; else 0.</param>
readonly record struct LanguageState(int Context, int Word);
