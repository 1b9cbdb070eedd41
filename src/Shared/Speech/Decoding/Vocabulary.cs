using System.Text;
using System.Text.Json;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>Tokens of a CTC head, as transformers' Wav2Vec2CTCTokenizer stores them. Label 0 is the blank (<c>&lt;pad&gt;</c>).</summary>
public sealed class Vocabulary
{
    public const int BlankLabel = 0;
    public const string Blank = "<pad>";
    public const string WordDelimiter = "|";
    public const string Unknown = NGramModel.Unknown;

    readonly string[] tokens;
    readonly Dictionary<string, int> labels;

    Vocabulary(string[] tokens, TextPolicy? policy)
    {
        this.tokens = tokens;
        labels = tokens.Select((token, label) => (token, label)).ToDictionary(t => t.token, t => t.label, StringComparer.Ordinal);
        Policy = policy ?? TextPolicy.Of(Letters);
    }

    /// <summary>Of the texts that it writes.</summary>
    public TextPolicy Policy { get; }

    public int Size => tokens.Length;
    public IReadOnlyList<string> Tokens => tokens;

    /// <summary>Written tokens without the word delimiter, in the order of their labels.</summary>
    public IReadOnlyList<string> Letters => [.. WrittenTokens.Where(token => token != WordDelimiter)];

    public int DelimiterLabel => labels[WordDelimiter];

    /// <summary>Every character of the texts, most frequent first.</summary>
    /// <param name="policy">Of the texts; null: <see cref="TextPolicy"/> as it is by default.</param>
    public static Vocabulary FromTexts(IEnumerable<string> texts, TextPolicy? policy = null)
    {
        policy ??= new TextPolicy();
        var characters = texts.SelectMany(t => policy.Apply(t).EnumerateRunes()).Where(r => r.Value != ' ').GroupBy(r => r)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key.ToString());
        return new Vocabulary([Blank, NGramModel.Start, NGramModel.End, Unknown, WordDelimiter, .. characters], policy);
    }

    /// <summary>A vocabulary of any writer: its special tokens get our names, its blank label 0.</summary>
    /// <param name="names">Tokens by label, as the writer names them.</param>
    /// <param name="order">For each label, the label it has there.</param>
    /// <exception cref="FormatException">No blank or word delimiter, or a token twice.</exception>
    internal static Vocabulary Of(IReadOnlyList<string> names, SpecialTokens special, out int[] order)
    {
        if (!names.Contains(special.Blank) || !names.Contains(special.WordDelimiter))
            throw new FormatException($"expected the blank {special.Blank} and the word delimiter {special.WordDelimiter}");
        order = [.. Enumerable.Range(0, names.Count).OrderBy(label => names[label] != special.Blank)];
        var tokens = Array.ConvertAll(order, label => special.OurNameOf(names[label]));
        var lower = Array.ConvertAll(tokens, token => token.EnumerateRunes().Count() == 1 ? token.ToLowerInvariant() : token);
        var kept = special.LowerCase && lower.Distinct().Count() == lower.Length ? lower : tokens;
        return kept.Distinct().Count() == kept.Length ? new Vocabulary(kept, special.Policy)
            : throw new FormatException("two tokens mean the same");
    }

    public string ToJson() => JsonSerializer.Serialize(labels);

    /// <summary>Labels of a text under <see cref="Policy"/>; characters that the vocabulary lacks are left out.</summary>
    public int[] Encode(string text) => [.. LabelsOf(text).Where(label => label >= 0)];

    /// <returns>Labels of a text under <see cref="Policy"/>; null if the vocabulary lacks one of its characters.</returns>
    public int[]? TryEncode(string text)
    {
        int[] all = [.. LabelsOf(text)];
        return all.Contains(-1) ? null : all;
    }

    /// <returns>Labels of a word as it is; null if the vocabulary lacks one of its characters.</returns>
    internal int[]? Spell(string word)
    {
        int[] all = [.. word.EnumerateRunes().Select(rune => labels.GetValueOrDefault(rune.ToString(), -1))];
        return all.Contains(-1) ? null : all;
    }

    IEnumerable<int> LabelsOf(string text) => Policy.Apply(text).EnumerateRunes().SelectMany(LabelsOf);

    /// <summary>An apostrophe or a composed letter may have another spelling in an imported vocabulary.</summary>
    IEnumerable<int> LabelsOf(Rune rune)
    {
        var letter = rune.Value == ' ' ? WordDelimiter : rune.ToString();
        if (labels.TryGetValue(letter, out var label))
            return [label];
        if (rune.Value == '\'')
            return [labels.GetValueOrDefault("\u2019", labels.GetValueOrDefault("\u02BC", -1))];
        var parts = letter.Normalize(NormalizationForm.FormD);
        return parts == letter ? [-1] : parts.EnumerateRunes().Select(part => labels.GetValueOrDefault(part.ToString(), -1));
    }

    internal int LabelOf(string token) => labels[token];

    internal IEnumerable<string> WrittenTokens => tokens.Where((_, label) => IsWritten(label));

    /// <summary>A letter or the word delimiter.</summary>
    internal bool IsWritten(int label) => IsSpoken(label) && tokens[label] != Unknown;

    internal bool IsSpoken(int label) => label >= 0 && tokens[label] is not (Blank or NGramModel.Start or NGramModel.End);
}
