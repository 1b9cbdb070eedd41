using Ssl.Shared.Recognition;

namespace Ssl.Shared.Decoding;

/// <summary>
/// N-grams of words, mixed in as pyctcdecode does (shallow fusion): a word is scored when it ends, and a beginning that no known word has pays for that at once, more the longer it gets.
/// </summary>
sealed class WordLanguageModel : ILanguageModel
{
    /// <summary>Unknown beginnings of more letters pay more (pyctcdecode's length of an average word).</summary>
    const double UsualLetters = 6;
    const int Nothing = 0;
    const int NoWord = -1;

    readonly NGramModel model;
    readonly DecodingOptions options;
    readonly int delimiter;
    readonly int end;
    readonly Dictionary<(int Node, int Label), int> children = []; // the known words as a tree of labels
    readonly List<(int Letters, int Token)> nodes = [(0, NoWord)];

    public WordLanguageModel(NGramModel model, Vocabulary vocabulary, DecodingOptions options)
    {
        (this.model, this.options) = (model, options);
        (delimiter, end) = (vocabulary.DelimiterLabel, model.TokenOf(NGramModel.End));
        foreach (var token in model.Tokens.Where(t => t is not (NGramModel.Start or NGramModel.End or NGramModel.Unknown)))
        {
            var letters = vocabulary.Encode(token);
            if (letters.Length == Vocabulary.Normalise(token).Length) // else it has letters that this recognizer cannot write
                Add(letters, model.TokenOf(token));
        }
    }

    public LanguageState Beginning => new(model.BeginningState, Nothing);

    public (double Score, LanguageState State) Write(LanguageState state, int label)
    {
        var before = Begun(state.Word);
        if (label == delimiter)
        {
            var (score, context) = Whole(state);
            return (score - before, new(context, Nothing));
        }
        var word = state.Word >= 0 && children.TryGetValue((state.Word, label), out var child) ? child : -(Letters(state.Word) + 1);
        return (Begun(word) - before, state with { Word = word });
    }

    public double Finish(LanguageState state)
    {
        var (score, context) = state.Word == Nothing ? (0, state.Context) : Whole(state);
        return score - Begun(state.Word) + (end < 0 ? 0 : options.WordModelWeight * model.Score(context, end).LogProbability);
    }

    void Add(int[] letters, int token)
    {
        var node = Nothing;
        foreach (var label in letters)
        {
            if (!children.TryGetValue((node, label), out var child))
            {
                child = nodes.Count;
                children.Add((node, label), child);
                nodes.Add((nodes[node].Letters + 1, NoWord));
            }
            node = child;
        }
        if (node != Nothing)
            nodes[node] = nodes[node] with { Token = token };
    }

    (double Score, int Context) Whole(LanguageState state)
    {
        var token = state.Word > 0 ? nodes[state.Word].Token : NoWord;
        var (logProbability, context) = model.Score(state.Context, token);
        return (options.WordModelWeight * (logProbability + (token == NoWord ? options.UnknownWordScore * NGramModel.Ln10 : 0)) + options.WordBonus, context);
    }

    /// <summary>What a begun word costs until it ends. An unknown one stands as minus its letters.</summary>
    double Begun(int word) => word >= 0 ? 0 : options.UnknownWordScore * Math.Max(1, -word / UsualLetters);

    int Letters(int word) => word < 0 ? -word : nodes[word].Letters;
}
