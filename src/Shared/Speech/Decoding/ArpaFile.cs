using System.Globalization;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>
/// N-gram models in the ARPA format as KenLM, SRILM and IRSTLM write it: base-10 logarithms, one n-gram a line, fields parted by blanks and
/// tabs alone, so that a word may hold any other space.
/// </summary>
public static class ArpaFile
{
    const int MaxOrder = 20;
    static readonly char[] Separators = [' ', '\t', '\r'];

    /// <exception cref="FormatException">Which line is wrong, and how.</exception>
    public static NGramModel Read(string path)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path);
    }

    /// <param name="source">Named in errors.</param>
    internal static NGramModel Read(TextReader reader, string source)
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        var (nodes, children) = (new List<NGramNode> { default }, new Dictionary<(int, int), int>());
        var (order, declared, found, ended, number) = (0, new List<long>(), new List<long>(), false, 0);
        while (!ended && reader.ReadLine() is { } line)
        {
            number++;
            line = line.Trim(Separators);
            if (line.Length == 0 || line == "\\data\\")
                continue;
            if (line == "\\end\\")
                ended = true;
            else if (line.StartsWith("ngram ", StringComparison.Ordinal))
                declared.Add(Declared(line, declared.Count + 1));
            else if (line[0] == '\\')
                Section(line);
            else if (order > 0) // lines before \data\ are comments
                NGram(line.Split(Separators, StringSplitOptions.RemoveEmptyEntries));
        }
        if (!ended)
            throw Wrong("the file ends before \\end\\");
        if (declared.Count == 0 || !declared.SequenceEqual(found))
            throw Wrong($"\\data\\ says {string.Join(", ", declared)} n-grams, found {string.Join(", ", found)}");
        return new NGramModel(order, tokens, children, [.. nodes]);

        FormatException Wrong(string what) => new($"{source}, line {number}: {what}");

        long Declared(string line, int n) =>
            line.Split('=') is [var key, var text] && key.Split(Separators, StringSplitOptions.RemoveEmptyEntries) is ["ngram", var order]
            && order == n.ToString(CultureInfo.InvariantCulture) && n <= MaxOrder
            && long.TryParse(text, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var count)
                ? count : throw Wrong($"expected 'ngram {n}=COUNT', at most {MaxOrder} of them; found '{line}'");

        void Section(string line)
        {
            order++;
            found.Add(0);
            if (line != $"\\{order}-grams:" || order > declared.Count)
                throw Wrong($"expected \\{order}-grams: or \\end\\, found '{line}'");
        }

        void NGram(string[] fields)
        {
            if (fields.Length < order + 1 || fields.Length > order + 2)
                throw Wrong($"expected a probability, {order} tokens and an optional backoff weight");
            var (logProbability, logBackoff) = (Number(fields[0]), fields.Length == order + 2 ? Number(fields[^1]) : 0);
            var parent = 0;
            for (var i = 1; i < order; i++)
            {
                if (!children.TryGetValue((parent, Token(fields[i])), out var child)) // SRILM prunes beginnings of n-grams that it keeps
                    child = Add(new NGramNode(parent, Token(fields[i]), i, NGramModel.Pruned, 0));
                parent = child;
            }
            if (order == 1)
                tokens.TryAdd(Named(fields[1]), tokens.Count);
            if (children.ContainsKey((parent, Token(fields[order]))))
                throw Wrong("this n-gram is in the file twice");
            Add(new NGramNode(parent, Token(fields[order]), order, logProbability, logBackoff));
            found[^1]++;
        }

        int Add(NGramNode node)
        {
            children.Add((node.Parent, node.Token), nodes.Count);
            nodes.Add(node);
            return nodes.Count - 1;
        }

        int Token(string field) => tokens.TryGetValue(Named(field), out var token) ? token
            : throw Wrong($"'{field}' is not among the 1-grams");

        static string Named(string field) => field == "<UNK>" ? NGramModel.Unknown : field;

        double Number(string field) =>
            double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value <= 10
                ? value * NGramModel.Ln10 : throw Wrong($"'{field}' is not a base-10 logarithm");
    }

    public static void Write(string path, NGramModel model)
    {
        using var writer = new StreamWriter(path) { NewLine = "\n" };
        var sections = model.NGrams().GroupBy(n => n.Node.Depth).ToArray();
        writer.WriteLine("\\data\\");
        foreach (var section in sections)
            writer.WriteLine($"ngram {section.Key}={section.Count()}");
        foreach (var section in sections)
        {
            writer.WriteLine($"\n\\{section.Key}-grams:");
            foreach (var (tokens, node) in section)
            {
                var backoff = section.Key < model.Order ? $"\t{Number(node.LogBackoff)}" : "";
                writer.WriteLine($"{Number(node.LogProbability)}\t{string.Join(' ', tokens)}{backoff}");
            }
        }
        writer.WriteLine("\n\\end\\");

        static string Number(double log) => (log / NGramModel.Ln10).ToString("0.######", CultureInfo.InvariantCulture);
    }
}
