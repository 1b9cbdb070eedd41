namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// N-grams of words, combined as in pyctcdecode (shallow fusion): a word is scored when it ends; an out-of-vocabulary prefix is charged
/// at once, and more as it gets longer.
/// </summary>
sealed class WordLanguageModel(NGramModel model, WordTree known, int delimiter, DecodingRecipe recipe) : ILanguageModel
{
    const double AverageLetters = 6; // of a word, in pyctcdecode; the charge grows with longer prefixes

    readonly int end = recipe.SentenceBoundaries ? model.TokenOf(NGramModel.End) : -1;

    public LanguageState Beginning => new(recipe.SentenceBoundaries ? model.BeginningState : NGramModel.EmptyState, WordTree.Root);

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var before = PrefixScore(state.Word);
        if (label == delimiter)
        {
            var (score, context) = EndWord(state);
            return (score - before, new(context, WordTree.Root));
        }
        var word = (state.Word < 0 ? null : known.Next(state.Word, label)) ?? -(Letters(state.Word) + 1);
        return (PrefixScore(word) - before, state with { Word = word });
    }

    /// <summary>As in pyctcdecode, an empty last word is an unknown one: a text does not end with a delimiter if it can help it.</summary>
    public double Finish(LanguageState state)
    {
        var (score, context) = EndWord(state);
        return score - PrefixScore(state.Word) + (end < 0 ? 0 : recipe.WordModelWeight * model.Score(context, end).LogProbability);
    }

    (double Score, int Context) EndWord(LanguageState state)
    {
        var token = state.Word < 0 ? WordTree.NoWord : known.Token(state.Word);
        var (logProbability, context) = model.Score(state.Context, token);
        var unknown = token != WordTree.NoWord && known.EndsWord(state.Word) ? 0 : recipe.UnknownWordScore * NGramModel.Ln10;
        return (recipe.WordModelWeight * (logProbability + unknown) + recipe.WordBonus, context);
    }

    /// <summary>Charge for an out-of-vocabulary prefix until its word ends; its state is minus its number of letters.</summary>
    double PrefixScore(int word) =>
        word >= 0 && known.StartsWord(word) ? 0 : recipe.UnknownWordScore * Math.Max(1, Letters(word) / AverageLetters);

    int Letters(int word) => word < 0 ? -word : known.Letters(word);
}
