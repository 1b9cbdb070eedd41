namespace Ssl.Shared.Speech.Decoding;

/// <summary>The words of an n-gram model of words, as a tree of a recognizer's labels. Immutable.</summary>
sealed class WordTree
{
    /// <summary>The node before a word's first letter.</summary>
    public const int Root = 0;

    /// <summary>The token of a node where no word ends.</summary>
    public const int NoWord = -1;

    readonly Dictionary<(int Node, int Label), int> children = [];
    readonly List<(int Letters, int Token)> nodes = [(0, NoWord)];

    public WordTree(NGramModel words, Vocabulary vocabulary)
    {
        foreach (var token in words.Tokens.Where(t => t is not (NGramModel.Start or NGramModel.End or NGramModel.Unknown)))
        {
            var letters = vocabulary.Encode(token);
            if (letters.Length == Vocabulary.Normalise(token).Length) // else it has letters that this recognizer cannot write
                Add(letters, words.TokenOf(token));
        }
    }

    /// <summary>The node behind one more letter; null: no word begins so.</summary>
    public int? Next(int node, int label) => children.TryGetValue((node, label), out var child) ? child : null;

    /// <summary>The number of the word that ends at a node, or <see cref="NoWord"/>.</summary>
    public int Token(int node) => nodes[node].Token;

    public int Letters(int node) => nodes[node].Letters;

    void Add(int[] letters, int token)
    {
        var node = Root;
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
        if (node != Root)
            nodes[node] = nodes[node] with { Token = token };
    }
}
