namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// Favours the words that a request names, on top of another language model (contextual shallow fusion, arXiv 1808.02480): each letter that
/// goes on with one of them adds a bonus, which is taken back where the word turns out to be another. Thread-safe.
/// </summary>
/// <param name="inner">Null: only the acoustic model and the bonus count.</param>
sealed class HotWords(ILanguageModel? inner, IReadOnlyList<string> words, Vocabulary vocabulary) : ILanguageModel
{
    /// <summary>A word of six letters then outweighs odds of 8,000 to 1; pyctcdecode's default is as much.</summary>
    const double LetterBonus = 1.5;

    /// <summary>State within a word that is none of them.</summary>
    const int Other = -1;

    readonly WordTree tree = new(words.Select((word, token) => (word, token)), vocabulary.TryEncode);

    public LanguageState Beginning => inner?.Beginning ?? default;

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var (score, next) = inner?.Write(state, label) ?? (0, state);
        if (label == vocabulary.DelimiterLabel)
            return (score + EndScore(state.HotWord), next with { HotWord = WordTree.Root });
        return state.HotWord == Other ? (score, next with { HotWord = Other })
            : tree.Next(state.HotWord, label) is { } node ? (score + LetterBonus, next with { HotWord = node })
            : (score - Bonus(state.HotWord), next with { HotWord = Other });
    }

    public double Finish(LanguageState state) => (inner?.Finish(state) ?? 0) + EndScore(state.HotWord);

    double EndScore(int node) => node == Other || tree.Token(node) != WordTree.NoWord ? 0 : -Bonus(node);

    double Bonus(int node) => LetterBonus * tree.Letters(node);
}
