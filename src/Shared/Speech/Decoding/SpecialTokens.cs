using System.Text.Json;
using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>What a tokenizer's <c>tokenizer_config.json</c> says: names of special tokens, and the policy of its texts.</summary>
public sealed record SpecialTokens(
    string Blank = Vocabulary.Blank, string WordDelimiter = Vocabulary.WordDelimiter, string Unknown = Vocabulary.Unknown,
    string Begin = NGramModel.Start, string End = NGramModel.End)
{
    const string LowerCaseKey = "do_lower_case", CaseKey = "ssl_text_case", PunctuationKey = "ssl_text_punctuation";

    /// <summary>Text is written in lower case whatever the tokens' case is.</summary>
    public bool LowerCase { get; init; }

    /// <summary>Null: the file was not written by us; the tokens tell.</summary>
    public TextPolicy? Policy { get; init; }

    internal static JsonObject FileOf(TextPolicy policy) => new()
    {
        ["tokenizer_class"] = "Wav2Vec2CTCTokenizer",
        ["pad_token"] = Vocabulary.Blank,
        ["bos_token"] = NGramModel.Start,
        ["eos_token"] = NGramModel.End,
        ["unk_token"] = Vocabulary.Unknown,
        ["word_delimiter_token"] = Vocabulary.WordDelimiter,
        [LowerCaseKey] = false,
        [CaseKey] = policy.Case.ToString(),
        [PunctuationKey] = policy.Punctuation.ToString(),
    };

    /// <param name="json">The text of <c>tokenizer_config.json</c>.</param>
    /// <exception cref="FormatException">It is not a JSON object.</exception>
    public static SpecialTokens Parse(string json)
    {
        try
        {
            var fields = JsonNode.Parse(json) as JsonObject ?? throw new FormatException("not a JSON object");
            var ours = new SpecialTokens();
            return new SpecialTokens(
                Token(fields, "pad_token", ours.Blank), Token(fields, "word_delimiter_token", ours.WordDelimiter),
                Token(fields, "unk_token", ours.Unknown), Token(fields, "bos_token", ours.Begin), Token(fields, "eos_token", ours.End))
            {
                LowerCase = fields[LowerCaseKey]?.GetValue<bool>() ?? false,
                Policy = Enum.TryParse<LetterCase>(fields[CaseKey]?.GetValue<string>(), out var letters)
                    && Enum.TryParse<Punctuation>(fields[PunctuationKey]?.GetValue<string>(), out var signs)
                    ? new TextPolicy(letters, signs) : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"not a tokenizer configuration: {e.Message}", e);
        }
    }

    internal string OurNameOf(string token) => token == Blank ? Vocabulary.Blank : token == WordDelimiter ? Vocabulary.WordDelimiter
        : token == Unknown ? Vocabulary.Unknown : token == Begin ? NGramModel.Start : token == End ? NGramModel.End : token;

    /// <summary>A token is written as text, or as an object with <c>content</c>.</summary>
    static string Token(JsonObject fields, string key, string absent) =>
        (fields[key] is JsonObject token ? token["content"] : fields[key])?.GetValue<string>() ?? absent;
}
