namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// N-grams of letters. With <see cref="KnownWords"/>, an out-of-vocabulary word is charged <see cref="DecodingRecipe.KnownWordWeight"/>
/// times its log-odds, at the first letter where no known word matches.
/// </summary>
sealed class LetterLanguageModel : ILanguageModel
{
    const int Unknown = -1; // state of an out-of-vocabulary word, already charged

    readonly NGramModel model;
    readonly DecodingRecipe recipe;
    readonly int[] tokens;
    readonly int end, delimiter;
    readonly WordTree? known; // null: no word is charged
    readonly double unknownScore;

    /// <param name="words">Without <c>&lt;unk&gt;</c>, or with one of probability 0.5 or more, no word is charged.</param>
    public LetterLanguageModel(NGramModel model, NGramModel? words, Vocabulary vocabulary, DecodingRecipe recipe)
    {
        (this.model, this.recipe, delimiter) = (model, recipe, vocabulary.DelimiterLabel);
        tokens = [.. vocabulary.Tokens.Select(model.TokenOf)];
        end = model.TokenOf(NGramModel.End);
        if (words is null || words.TokenOf(NGramModel.Unknown) < 0)
            return;
        var share = Math.Exp(words.Score(words.BeginningState, words.TokenOf(NGramModel.Unknown)).LogProbability);
        unknownScore = recipe.KnownWordWeight * Math.Min(0, Math.Log(share) - Math.Log(Math.Max(double.Epsilon, 1 - share)));
        known = unknownScore < 0 ? new WordTree(words, vocabulary.TryEncode) : null;
    }

    public LanguageState Beginning => new(model.BeginningState, WordTree.Root);

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var (logProbability, context) = model.Score(state.Context, tokens[label]);
        var (wordScore, word) = label == delimiter ? (EndScore(state.Word), WordTree.Root) : Extend(state.Word, label);
        return (recipe.LetterModelWeight * logProbability + recipe.LetterBonus + wordScore, new(context, word));
    }

    public double Finish(LanguageState state) =>
        (end < 0 ? 0 : recipe.LetterModelWeight * model.Score(state.Context, end).LogProbability) + EndScore(state.Word);

    (double Score, int Word) Extend(int word, int label) =>
        known is null || word == Unknown ? (0, word) : known.Next(word, label) is { } next ? (0, next) : (unknownScore, Unknown);

    /// <summary>A word that is only a prefix of known words is out of vocabulary too.</summary>
    double EndScore(int word) =>
        known is null || word is Unknown or WordTree.Root || known.Token(word) != WordTree.NoWord ? 0 : unknownScore;
}
