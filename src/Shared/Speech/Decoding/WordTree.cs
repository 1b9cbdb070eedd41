namespace Ssl.Shared.Speech.Decoding;

/// <summary>The words of an n-gram model as a prefix tree over a recognizer's labels. Immutable.</summary>
sealed class WordTree
{
    /// <summary>The node before a word's first letter.</summary>
    public const int Root = 0;

    /// <summary>The token of a node where no word ends.</summary>
    public const int NoWord = -1;

    readonly Dictionary<(int Node, int Label), int> children = [];
    readonly List<(int Letters, int Token, bool StartsWord, bool EndsWord)> nodes = [(0, NoWord, true, false)];

    /// <param name="encode">Labels of a word; null: it cannot be written.</param>
    /// <param name="listed">The words that count as known; null: all.</param>
    public WordTree(NGramModel words, Func<string, int[]?> encode, IReadOnlySet<string>? listed = null)
        : this(words.Tokens.Where(t => !NGramModel.IsSpecial(t)).Select(t => (t, words.TokenOf(t))), encode, listed)
    {
    }

    public WordTree(IEnumerable<(string Word, int Token)> words, Func<string, int[]?> encode, IReadOnlySet<string>? listed = null)
    {
        foreach (var (word, token) in words)
        {
            if (encode(word) is not { Length: > 0 } letters)
                continue;
            var (node, isListed) = (Root, listed?.Contains(word) ?? true);
            foreach (var label in letters)
            {
                node = Child(node, label);
                nodes[node] = nodes[node] with { StartsWord = nodes[node].StartsWord || isListed };
            }
            nodes[node] = nodes[node] with { Token = token, EndsWord = isListed || listed!.Count == 0 };
        }
    }

    /// <summary>The node after one more letter; null: no word has this prefix.</summary>
    public int? Next(int node, int label) => children.TryGetValue((node, label), out var child) ? child : null;

    /// <summary>The token of the word that ends at a node, or <see cref="NoWord"/>.</summary>
    public int Token(int node) => nodes[node].Token;

    public int Letters(int node) => nodes[node].Letters;

    /// <summary>Whether a known word begins so.</summary>
    public bool StartsWord(int node) => nodes[node].StartsWord;

    /// <summary>Whether it is a known word.</summary>
    public bool EndsWord(int node) => nodes[node].EndsWord;

    int Child(int node, int label)
    {
        if (children.TryGetValue((node, label), out var child))
            return child;
        child = nodes.Count;
        children.Add((node, label), child);
        nodes.Add((nodes[node].Letters + 1, NoWord, false, false));
        return child;
    }
}
