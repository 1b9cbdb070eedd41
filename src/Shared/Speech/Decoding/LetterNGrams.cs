namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// A letter n-gram model of a few texts. Letters, because ten minutes of labels hold half of the words of the next ten minutes and nearly all of their letter sequences.
/// Each context is mixed with the next shorter one by how many different letters came behind it (Witten and Bell 1991), which needs no texts held out.
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
    /// <param name="order">n, letters; at least 1.</param>
    /// <param name="vocabulary">All letters that may ever be written: none is impossible.</param>
    public static NGramModel Estimate(IEnumerable<string> texts, int order, Vocabulary vocabulary)
    {
        string[] names = [NGramModel.Unknown, NGramModel.Start, NGramModel.End, .. vocabulary.Tokens.Where((_, label) => vocabulary.IsWritten(label))];
        var tokens = names.Select((name, token) => (name, token)).ToDictionary(t => t.name, t => t.token, StringComparer.Ordinal);
        var counted = new LetterNGrams(order, tokens);
        foreach (var text in texts)
            counted.Add([tokens[NGramModel.Start], .. vocabulary.Encode(text).Select(label => tokens[vocabulary.Tokens[label]]), tokens[NGramModel.End]]);
        return counted.Mixed();
    }

    /// <summary>Counts each token behind the start, with every context before it.</summary>
    void Add(int[] sequence)
    {
        for (var last = 1; last < sequence.Length; last++)
        {
            for (var first = Math.Max(0, last - order + 1); first <= last; first++)
            {
                var node = Root;
                for (var i = first; i <= last; i++)
                    node = Child(node, sequence[i]);
                counts[node]++;
            }
        }
    }

    NGramModel Mixed()
    {
        var (total, different) = (new long[nodes.Count], new long[nodes.Count]);
        for (var node = 1; node < nodes.Count; node++)
        {
            total[nodes[node].Parent] += counts[node];
            different[nodes[node].Parent] += counts[node] > 0 ? 1 : 0;
        }
        var (shorter, probability, made) = (new int[nodes.Count], new double[nodes.Count], new NGramNode[nodes.Count]);
        foreach (var node in Enumerable.Range(1, nodes.Count - 1).OrderBy(n => nodes[n].Depth))
        {
            var (parent, token, depth) = nodes[node];
            shorter[node] = depth == 1 ? Root : children[(shorter[parent], token)];
            var less = depth == 1 ? 1.0 / (tokens.Count - 1) : probability[shorter[node]]; // <s> is never written
            probability[node] = (counts[node] + different[parent] * less) / Math.Max(1, total[parent] + different[parent]);
            var backoff = different[node] == 0 ? 0 : Math.Log(different[node] / (double)(total[node] + different[node]));
            made[node] = new NGramNode(parent, token, depth, token == tokens[NGramModel.Start] ? NGramModel.Never : Math.Log(probability[node]), backoff);
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
