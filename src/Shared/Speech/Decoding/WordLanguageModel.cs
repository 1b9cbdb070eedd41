namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// N-grams of words, mixed in as pyctcdecode does (shallow fusion): a word is scored when it ends, and a beginning that no known word has pays for that at once, more the longer it gets.
/// </summary>
sealed class WordLanguageModel : ILanguageModel
{
    /// <summary>Unknown beginnings of more letters pay more (pyctcdecode's length of an average word).</summary>
    const double UsualLetters = 6;

    readonly NGramModel model;
    readonly DecodingRecipe recipe;
    readonly int delimiter;
    readonly int end;
    readonly WordTree known;

    public WordLanguageModel(NGramModel model, Vocabulary vocabulary, DecodingRecipe recipe)
    {
        (this.model, this.recipe) = (model, recipe);
        (delimiter, end, known) = (vocabulary.DelimiterLabel, model.TokenOf(NGramModel.End), new WordTree(model, vocabulary));
    }

    public LanguageState Beginning => new(model.BeginningState, WordTree.Root);

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var before = Begun(state.Word);
        if (label == delimiter)
        {
            var (score, context) = Whole(state);
            return (score - before, new(context, WordTree.Root));
        }
        var word = (state.Word < 0 ? null : known.Next(state.Word, label)) ?? -(Letters(state.Word) + 1);
        return (Begun(word) - before, state with { Word = word });
    }

    public double Finish(LanguageState state)
    {
        var (score, context) = state.Word == WordTree.Root ? (0, state.Context) : Whole(state);
        return score - Begun(state.Word) + (end < 0 ? 0 : recipe.WordModelWeight * model.Score(context, end).LogProbability);
    }

    (double Score, int Context) Whole(LanguageState state)
    {
        var token = state.Word < 0 ? WordTree.NoWord : known.Token(state.Word);
        var (logProbability, context) = model.Score(state.Context, token);
        return (recipe.WordModelWeight * (logProbability + (token == WordTree.NoWord ? recipe.UnknownWordScore * NGramModel.Ln10 : 0)) + recipe.WordBonus, context);
    }

    /// <summary>What a begun word costs until it ends. An unknown one stands as minus its letters.</summary>
    double Begun(int word) => word >= 0 ? 0 : recipe.UnknownWordScore * Math.Max(1, -word / UsualLetters);

    int Letters(int word) => word < 0 ? -word : known.Letters(word);
}
