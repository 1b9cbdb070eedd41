namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// N-grams of letters: each letter is scored as it is written. Where words are known too (<see cref="KnownWords"/>), a word that is none of them pays for the odds of such a one, as soon as no known word begins so.
/// </summary>
sealed class LetterLanguageModel : ILanguageModel
{
    /// <summary>In a state, a begun word that is none of the known ones; it has paid.</summary>
    const int Unknown = -1;

    readonly NGramModel model;
    readonly DecodingRecipe recipe;
    readonly int[] tokens;
    readonly int end;
    readonly int delimiter;
    readonly WordTree? known; // null: all words are alike
    readonly double unknownScore;

    /// <param name="words">Null, without <c>&lt;unk&gt;</c>, or such that another word is as likely as one of them: all are alike.</param>
    public LetterLanguageModel(NGramModel model, NGramModel? words, Vocabulary vocabulary, DecodingRecipe recipe)
    {
        (this.model, this.recipe, delimiter) = (model, recipe, vocabulary.DelimiterLabel);
        tokens = [.. vocabulary.Tokens.Select(model.TokenOf)];
        end = model.TokenOf(NGramModel.End);
        if (words is null || words.TokenOf(NGramModel.Unknown) < 0)
            return;
        var share = Math.Exp(words.Score(words.BeginningState, words.TokenOf(NGramModel.Unknown)).LogProbability);
        unknownScore = recipe.KnownWordWeight * Math.Min(0, Math.Log(share) - Math.Log(Math.Max(double.Epsilon, 1 - share)));
        known = unknownScore < 0 ? new WordTree(words, vocabulary) : null;
    }

    public LanguageState Beginning => new(model.BeginningState, WordTree.Root);

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var (logProbability, context) = model.Score(state.Context, tokens[label]);
        var (wordScore, word) = label == delimiter ? (Whole(state.Word), WordTree.Root) : Begun(state.Word, label);
        return (recipe.LetterModelWeight * logProbability + recipe.LetterBonus + wordScore, new(context, word));
    }

    public double Finish(LanguageState state) => (end < 0 ? 0 : recipe.LetterModelWeight * model.Score(state.Context, end).LogProbability) + Whole(state.Word);

    /// <summary>A letter more in a word.</summary>
    (double Score, int Word) Begun(int word, int label)
    {
        if (known is null || word == Unknown)
            return (0, word);
        return known.Next(word, label) is { } next ? (0, next) : (unknownScore, Unknown);
    }

    /// <summary>A word ends. The beginning of a known one is a word that is not known.</summary>
    double Whole(int word) => known is null || word is Unknown or WordTree.Root || known.Token(word) != WordTree.NoWord ? 0 : unknownScore;
}
