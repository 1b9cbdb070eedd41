namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// Letter n-grams of a few texts, interpolated by Witten and Bell's rule (1991), which needs no held-out texts. Ten minutes of labels
/// contain half of the words of the next ten minutes, but nearly all of their letter sequences.
/// </summary>
public sealed class LetterNGrams
{
    const int Root = 0;

    readonly int order;
    readonly Dictionary<string, int> tokens;
    readonly List<(int Parent, int Token, int Depth)> nodes = [(0, 0, 0)];
    readonly List<long> counts = [0];
    readonly Dictionary<(int Node, int Token), int> children = [];

    LetterNGrams(int order, Dictionary<string, int> tokens)
    {
        (this.order, this.tokens) = (order, tokens);
        foreach (var token in tokens.Values)
            Child(Root, token);
    }

    /// <param name="texts">As labelled; normalised here.</param>
    /// <param name="vocabulary">Each of its letters gets a probability above 0.</param>
    public static NGramModel Estimate(IEnumerable<string> texts, int order, Vocabulary vocabulary)
    {
        string[] names = [NGramModel.Unknown, NGramModel.Start, NGramModel.End, .. vocabulary.WrittenTokens];
        var tokens = names.Select((name, token) => (name, token)).ToDictionary(t => t.name, t => t.token, StringComparer.Ordinal);
        var counter = new LetterNGrams(order, tokens);
        foreach (var text in texts)
        {
            var letters = vocabulary.Encode(text).Select(label => tokens[vocabulary.Tokens[label]]);
            counter.Count([tokens[NGramModel.Start], .. letters, tokens[NGramModel.End]]);
        }
        return counter.Interpolate();
    }

    /// <summary>Counts each token after the first, with every context before it.</summary>
    void Count(int[] sequence)
    {
        for (var last = 1; last < sequence.Length; last++)
        {
            for (var first = Math.Max(0, last - order + 1); first <= last; first++)
                counts[sequence[first..(last + 1)].Aggregate(Root, Child)]++;
        }
    }

    NGramModel Interpolate()
    {
        var (total, distinct) = (new long[nodes.Count], new long[nodes.Count]); // of the tokens after each context
        for (var node = 1; node < nodes.Count; node++)
        {
            total[nodes[node].Parent] += counts[node];
            distinct[nodes[node].Parent] += counts[node] > 0 ? 1 : 0;
        }
        var (suffix, probability, made) = (new int[nodes.Count], new double[nodes.Count], new NGramNode[nodes.Count]);
        foreach (var node in Enumerable.Range(1, nodes.Count - 1).OrderBy(n => nodes[n].Depth))
        {
            var (parent, token, depth) = nodes[node];
            suffix[node] = depth == 1 ? Root : children[(suffix[parent], token)];
            var lower = depth == 1 ? 1.0 / (tokens.Count - 1) : probability[suffix[node]]; // <s> is never written
            probability[node] = (counts[node] + distinct[parent] * lower) / Math.Max(1, total[parent] + distinct[parent]);
            var backoff = distinct[node] == 0 ? 0 : Math.Log(distinct[node] / (double)(total[node] + distinct[node]));
            var logProbability = token == tokens[NGramModel.Start] ? NGramModel.Never : Math.Log(probability[node]);
            made[node] = new NGramNode(parent, token, depth, logProbability, backoff);
        }
        return new NGramModel(order, tokens, children, made);
    }

    int Child(int node, int token)
    {
        if (children.TryGetValue((node, token), out var child))
            return child;
        child = nodes.Count;
        children.Add((node, token), child);
        nodes.Add((node, token, nodes[node].Depth + 1));
        counts.Add(0);
        return child;
    }
}
