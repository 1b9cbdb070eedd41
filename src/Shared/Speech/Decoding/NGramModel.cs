namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// A backoff n-gram model (Katz 1987) over words or letters. A state is the node of the maximal known context in the tree of all n-grams:
/// a step costs a few look-ups. Probabilities are natural logarithms. Immutable.
/// </summary>
public sealed class NGramModel
{
    public const string Start = "<s>";
    public const string End = "</s>";
    public const string Unknown = "<unk>";

    /// <summary>ARPA's score of an impossible token; also of an unknown one in a model without <c>&lt;unk&gt;</c>.</summary>
    internal const double Never = -99 * Ln10;

    /// <summary>Factor from base-10 logarithms (ARPA files) to natural ones.</summary>
    internal const double Ln10 = 2.302585092994046;

    /// <summary>Stands in for the score of an n-gram that the file lacks, while it has longer ones: the score by backoff.</summary>
    internal const double Pruned = double.NaN;

    const int Root = 0;

    readonly Dictionary<string, int> tokens;
    readonly Dictionary<(int Node, int Token), int> children;
    readonly NGramNode[] nodes;
    readonly int[] suffixes; // for each n-gram, its maximal known proper suffix
    readonly double unknown;

    /// <param name="tokens">Words or letters, numbered from 0.</param>
    /// <param name="children">From an n-gram's node by its next token; node 0 is the empty context.</param>
    /// <param name="nodes">Every n-gram comes after its prefixes.</param>
    internal NGramModel(int order, Dictionary<string, int> tokens, Dictionary<(int Node, int Token), int> children, NGramNode[] nodes)
    {
        (Order, this.tokens, this.children, this.nodes) = (order, tokens, children, nodes);
        suffixes = new int[nodes.Length];
        var inOrder = Enumerable.Range(1, nodes.Length - 1); // prefixes come first, so that their suffixes are known
        if (nodes.Any(n => double.IsNaN(n.LogProbability)))
            inOrder = inOrder.OrderBy(n => nodes[n].Depth); // n-grams that the file lacks come late
        foreach (var node in inOrder)
        {
            suffixes[node] = nodes[node].Depth == 1 ? Root : ContextAfter(suffixes[nodes[node].Parent], nodes[node].Token);
            if (double.IsNaN(nodes[node].LogProbability))
                nodes[node] = nodes[node] with { LogProbability = ByBackoff(nodes[node]) };
        }
        unknown = tokens.TryGetValue(Unknown, out var token) && children.TryGetValue((Root, token), out var found)
            ? nodes[found].LogProbability : Never;
        BeginningState = tokens.TryGetValue(Start, out var start) ? ContextAfter(Root, start) : Root;
    }

    public int Order { get; }
    public IReadOnlyCollection<string> Tokens => tokens.Keys;

    /// <summary>The context <c>&lt;s&gt;</c>.</summary>
    public int BeginningState { get; }

    /// <summary>No context.</summary>
    internal const int EmptyState = Root;

    /// <summary>The number of a token; -1: unknown.</summary>
    public int TokenOf(string token) => tokens.GetValueOrDefault(token, -1);

    internal static bool IsSpecial(string token) => token is Start or End or Unknown;

    /// <summary>Natural logarithm of a token's probability in a context, and the context after it.</summary>
    public (double LogProbability, int State) Score(int state, int token)
    {
        var backoff = 0.0;
        for (var node = state; ; node = suffixes[node])
        {
            if (token >= 0 && children.TryGetValue((node, token), out var found))
                return (backoff + nodes[found].LogProbability, nodes[found].Depth < Order ? found : suffixes[found]);
            if (node == Root)
                return (backoff + unknown, Root);
            backoff += nodes[node].LogBackoff;
        }
    }

    /// <summary>Every n-gram with its tokens, shorter ones first.</summary>
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

    double ByBackoff(NGramNode node) => nodes[node.Parent].LogBackoff + Score(suffixes[node.Parent], node.Token).LogProbability;

    int ContextAfter(int node, int token) =>
        children.TryGetValue((node, token), out var found) ? found : node == Root ? Root : ContextAfter(suffixes[node], token);
}

/// <param name="Parent">Node of all tokens but the last.</param>
/// <param name="Depth">Number of tokens.</param>
/// <param name="LogProbability">Of the last token after the others; natural logarithm.</param>
/// <param name="LogBackoff">Added to the shorter context's score of a token that never follows this n-gram; natural logarithm.</param>
readonly record struct NGramNode(int Parent, int Token, int Depth, double LogProbability, double LogBackoff);
