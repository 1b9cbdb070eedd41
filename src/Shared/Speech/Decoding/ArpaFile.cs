using System.Globalization;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>N-gram models in the ARPA format (Doug Paul; as SRILM, KenLM and pyctcdecode read and write it): base-10 logarithms, one n-gram a line.</summary>
public static class ArpaFile
{
    const int MostOrder = 20;

    /// <exception cref="FormatException">Which line is wrong, and how.</exception>
    public static NGramModel Read(string path)
    {
        using var reader = new StreamReader(path);
        return Read(reader, path);
    }

    /// <param name="source">Named in errors.</param>
    /// <exception cref="FormatException">Which line is wrong, and how.</exception>
    public static NGramModel Read(TextReader reader, string source)
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        var (nodes, children) = (new List<NGramNode> { default }, new Dictionary<(int, int), int>());
        var (order, declared, found, ended, number) = (0, new List<long>(), new List<long>(), false, 0);
        while (!ended && reader.ReadLine() is { } line)
        {
            number++;
            line = line.Trim();
            if (line.Length == 0 || line == "\\data\\")
                continue;
            if (line == "\\end\\")
                ended = true;
            else if (line.StartsWith("ngram ", StringComparison.Ordinal))
                declared.Add(Declared(line, declared.Count + 1));
            else if (line[0] == '\\')
                Section(line);
            else if (order > 0)
                NGram(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            // What stands before \data\ is a comment.
        }
        if (!ended)
            throw Wrong("the file ends before \\end\\");
        if (declared.Count == 0 || !declared.SequenceEqual(found))
            throw Wrong($"\\data\\ says {string.Join(", ", declared)} n-grams, found {string.Join(", ", found)}");
        return new NGramModel(order, tokens, children, [.. nodes]);

        FormatException Wrong(string what) => new($"{source}, line {number}: {what}");

        long Declared(string line, int expected) =>
            line[6..].Split('=') is [var n, var count] && int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed == expected && expected <= MostOrder
            && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value : throw Wrong($"expected 'ngram {expected}=COUNT', at most {MostOrder} of them; found '{line}'");

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
                throw Wrong($"expected a probability, {order} tokens and perhaps a backoff weight");
            var (logProbability, logBackoff) = (Number(fields[0]), fields.Length == order + 2 ? Number(fields[^1]) : 0);
            var parent = 0;
            for (var i = 1; i < order; i++)
            {
                if (!tokens.TryGetValue(fields[i], out var known) || !children.TryGetValue((parent, known), out parent))
                    throw Wrong($"'{string.Join(' ', fields[1..(i + 1)])}' begins it and is not in the file");
            }
            if (order == 1)
                tokens.TryAdd(fields[1], tokens.Count);
            if (!tokens.TryGetValue(fields[order], out var token))
                throw Wrong($"'{fields[order]}' is not among the 1-grams");
            if (!children.TryAdd((parent, token), nodes.Count))
                throw Wrong("this n-gram stands there twice");
            nodes.Add(new NGramNode(parent, token, order, logProbability, logBackoff));
            found[^1]++;
        }

        double Number(string field) =>
            double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value <= 10
                ? value * NGramModel.Ln10 : throw Wrong($"'{field}' is not a base-10 logarithm");
    }

    public static void Write(string path, NGramModel model)
    {
        using var writer = new StreamWriter(path);
        writer.NewLine = "\n";
        var sections = model.NGrams().GroupBy(n => n.Node.Depth).ToArray();
        writer.WriteLine("\\data\\");
        foreach (var section in sections)
            writer.WriteLine(FormattableString.Invariant($"ngram {section.Key}={section.Count()}"));
        foreach (var section in sections)
        {
            writer.WriteLine();
            writer.WriteLine(FormattableString.Invariant($"\\{section.Key}-grams:"));
            foreach (var (tokens, node) in section)
                writer.WriteLine(FormattableString.Invariant($"{node.LogProbability / NGramModel.Ln10:0.######}\t{string.Join(' ', tokens)}{(section.Key < model.Order ? FormattableString.Invariant($"\t{node.LogBackoff / NGramModel.Ln10:0.######}") : "")}"));
        }
        writer.WriteLine();
        writer.WriteLine("\\end\\");
    }
}
