using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>Characters that a CTC head spells with, as transformers' Wav2Vec2CTCTokenizer keeps them. Label 0 is the blank (<c>&lt;pad&gt;</c>).</summary>
public sealed class Vocabulary
{
    public const int BlankLabel = 0;
    public const string Blank = "<pad>";
    public const string WordDelimiter = "|";
    public const string Unknown = "<unk>";

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
    public static Vocabulary Parse(string json) => Parse(json, new SpecialTokens(), out _);

    /// <summary>Reads a <c>vocab.json</c> of any writer: its special tokens get our names, its blank label 0, and letters that are all upper case become lower case.</summary>
    /// <param name="order">For each label, the one that it has in the file.</param>
    /// <exception cref="FormatException">It is not a list of tokens and labels without a gap, or lacks the blank or the word delimiter.</exception>
    public static Vocabulary Parse(string json, SpecialTokens special, out int[] order)
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
        if (!read.TryGetValue(special.Blank, out var blank) || !read.ContainsKey(special.WordDelimiter))
            throw new FormatException($"expected the blank {special.Blank} and the word delimiter {special.WordDelimiter}");
        order = [blank, .. Enumerable.Range(0, ordered.Length).Where(label => label != blank)];
        var tokens = Array.ConvertAll(order, label => special.OurNameOf(ordered[label].Key));
        var lower = Array.ConvertAll(tokens, token => token.Length == 1 ? token.ToLowerInvariant() : token);
        var kept = lower.Distinct().Count() == lower.Length ? lower : tokens; // "A" and "a" are two letters there
        return kept.Distinct().Count() == kept.Length ? new Vocabulary(kept) : throw new FormatException("two tokens have the same meaning");
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

    /// <summary>A letter or the word delimiter.</summary>
    internal bool IsWritten(int label) => IsSpoken(label) && tokens[label] != Unknown;

    internal bool IsSpoken(int label) => label >= 0 && tokens[label] is not (Blank or "<s>" or "</s>");
}
