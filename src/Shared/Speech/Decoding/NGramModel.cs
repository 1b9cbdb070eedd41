namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// A backoff n-gram model (Katz 1987) over tokens that are words or letters. A state is the longest known context, a node of a tree of all n-grams, so that a step
/// costs a few look-ups. Probabilities are natural logarithms. Immutable; any number of threads may use one.
/// </summary>
public sealed class NGramModel
{
    public const string Start = "<s>";
    public const string End = "</s>";
    public const string Unknown = "<unk>";

    /// <summary>Of a token that is not known, in a model without <c>&lt;unk&gt;</c>: what ARPA files write for "never".</summary>
    internal const double Never = -99 * Ln10;

    /// <summary>From base-10 logarithms, as ARPA files have them, to natural ones.</summary>
    internal const double Ln10 = 2.302585092994046;

    const int Root = 0;

    readonly Dictionary<string, int> tokens;
    readonly Dictionary<(int Node, int Token), int> children;
    readonly NGramNode[] nodes;
    readonly int[] shorter; // the node of the same n-gram without its first token, or of the longest known end of that
    readonly double unknown;

    /// <param name="tokens">Words or letters, numbered from 0.</param>
    /// <param name="children">From an n-gram's node by its next token; node 0 is the empty context.</param>
    /// <param name="nodes">An n-gram stands behind each n-gram that it begins with.</param>
    internal NGramModel(int order, Dictionary<string, int> tokens, Dictionary<(int Node, int Token), int> children, NGramNode[] nodes)
    {
        (Order, this.tokens, this.children, this.nodes) = (order, tokens, children, nodes);
        shorter = new int[nodes.Length];
        for (var node = 1; node < nodes.Length; node++) // parents come first, so that theirs are known
            shorter[node] = nodes[node].Depth == 1 ? Root : Longest(shorter[nodes[node].Parent], nodes[node].Token);
        unknown = tokens.TryGetValue(Unknown, out var token) && children.TryGetValue((Root, token), out var found) ? nodes[found].LogProbability : Never;
        BeginningState = tokens.TryGetValue(Start, out var start) ? Longest(Root, start) : Root;
    }

    /// <summary>n.</summary>
    public int Order { get; }

    public IReadOnlyCollection<string> Tokens => tokens.Keys;

    /// <summary>Behind <c>&lt;s&gt;</c>.</summary>
    public int BeginningState { get; }

    /// <summary>The number of a token; -1: not known.</summary>
    public int TokenOf(string token) => tokens.GetValueOrDefault(token, -1);

    /// <summary>The natural logarithm of a token's probability in a context, and the context behind it.</summary>
    public (double LogProbability, int State) Score(int state, int token)
    {
        var backoff = 0.0;
        for (var node = state; ; node = shorter[node])
        {
            if (token >= 0 && children.TryGetValue((node, token), out var found))
                return (backoff + nodes[found].LogProbability, nodes[found].Depth < Order ? found : shorter[found]);
            if (node == Root)
                return (backoff + unknown, Root);
            backoff += nodes[node].LogBackoff;
        }
    }

    /// <summary>Every n-gram's tokens with what the file says of it, the short ones first.</summary>
    internal IEnumerable<(string[] Tokens, NGramNode Node)> NGrams()
    {
        var names = tokens.OrderBy(t => t.Value).Select(t => t.Key).ToArray();
        foreach (var node in Enumerable.Range(1, nodes.Length - 1).OrderBy(n => nodes[n].Depth))
        {
            var spelled = new string[nodes[node].Depth];
            for (var (at, i) = (node, spelled.Length - 1); i >= 0; (at, i) = (nodes[at].Parent, i - 1))
                spelled[i] = names[nodes[at].Token];
            yield return (spelled, nodes[node]);
        }
    }

    int Longest(int node, int token)
    {
        for (; ; node = shorter[node])
        {
            if (children.TryGetValue((node, token), out var found))
                return found;
            if (node == Root)
                return Root;
        }
    }
}
