using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ssl.Shared.Recognition;

/// <summary>Characters that a CTC head spells with, as transformers' Wav2Vec2CTCTokenizer keeps them. Label 0 is the blank (<c>&lt;pad&gt;</c>).</summary>
public sealed class Vocabulary
{
    public const string Blank = "<pad>";
    public const string WordDelimiter = "|";
    const string Unknown = "<unk>";

    static readonly string[] Special = [Blank, "<s>", "</s>", Unknown, WordDelimiter];

    readonly string[] tokens;
    readonly Dictionary<string, int> labels;

    Vocabulary(string[] tokens)
    {
        this.tokens = tokens;
        labels = tokens.Select((token, label) => (token, label)).ToDictionary(t => t.token, t => t.label, StringComparer.Ordinal);
    }

    public int Size => tokens.Length;

    public IReadOnlyList<string> Tokens => tokens;

    public int DelimiterLabel => labels[WordDelimiter];

    /// <summary>Every character of the texts, most frequent first.</summary>
    public static Vocabulary FromTexts(IEnumerable<string> texts)
    {
        var characters = texts.SelectMany(t => Normalise(t)).Where(c => c != ' ').GroupBy(c => c)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key.ToString());
        return new Vocabulary([.. Special, .. characters]);
    }

    /// <summary>Reads <c>vocab.json</c>: token to label, without a gap, the blank at 0.</summary>
    /// <exception cref="FormatException">It is not such a list.</exception>
    public static Vocabulary Parse(string json)
    {
        Dictionary<string, int> read;
        try
        {
            read = JsonSerializer.Deserialize<Dictionary<string, int>>(json) ?? [];
        }
        catch (JsonException e)
        {
            throw new FormatException($"not a list of tokens and labels: {e.Message}");
        }
        var ordered = read.OrderBy(t => t.Value).ToArray();
        if (ordered.Length == 0 || ordered.Where((t, i) => t.Value != i).Any())
            throw new FormatException("labels are not 0, 1, 2, ... without a gap");
        if (ordered[0].Key != Blank || !read.ContainsKey(WordDelimiter))
            throw new FormatException($"expected {Blank} at label 0 and the word delimiter {WordDelimiter}");
        return new Vocabulary([.. ordered.Select(t => t.Key)]);
    }

    public string ToJson() => JsonSerializer.Serialize(labels);

    /// <summary>Text as it is learnt and compared: NFC, lower case, letters, digits and apostrophes, single spaces.</summary>
    public static string Normalise(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormC).ToLowerInvariant())
        {
            if (letter is '\'' or '\u2019')
                normal.Append('\'');
            else if (char.IsLetterOrDigit(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
                normal.Append(letter);
            else if (normal.Length > 0 && normal[^1] != ' ')
                normal.Append(' ');
        }
        return normal.ToString().TrimEnd();
    }

    /// <summary>Labels of a text after <see cref="Normalise"/>; characters that the vocabulary lacks are left out.</summary>
    public int[] Encode(string text) =>
        [.. Normalise(text).Select(c => labels.GetValueOrDefault(c == ' ' ? WordDelimiter : c.ToString(), -1)).Where(l => l >= 0)];

    internal bool IsSpoken(int label) => label >= 0 && tokens[label] is not (Blank or "<s>" or "</s>");
}
