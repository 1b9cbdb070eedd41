using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>What a tokenizer calls its blank, its word delimiter and its other special tokens (transformers: <c>tokenizer_config.json</c>).</summary>
public sealed record SpecialTokens(string Blank = Vocabulary.Blank, string WordDelimiter = Vocabulary.WordDelimiter, string Unknown = Vocabulary.Unknown, string Begin = "<s>", string End = "</s>")
{
    /// <param name="json">The text of <c>tokenizer_config.json</c>.</param>
    /// <exception cref="FormatException">It is not a JSON object.</exception>
    public static SpecialTokens Parse(string json)
    {
        try
        {
            var fields = JsonNode.Parse(json) as JsonObject ?? throw new FormatException("not a JSON object");
            var ours = new SpecialTokens();
            return new SpecialTokens(Token(fields, "pad_token", ours.Blank), Token(fields, "word_delimiter_token", ours.WordDelimiter), Token(fields, "unk_token", ours.Unknown),
                Token(fields, "bos_token", ours.Begin), Token(fields, "eos_token", ours.End));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"not what a tokenizer is described by: {e.Message}", e);
        }
    }

    internal string OurNameOf(string token) =>
        token == Blank ? Vocabulary.Blank : token == WordDelimiter ? Vocabulary.WordDelimiter : token == Unknown ? Vocabulary.Unknown : token == Begin ? "<s>" : token == End ? "</s>" : token;

    /// <summary>A token is written as text, or as an object with <c>content</c>.</summary>
    static string Token(JsonObject fields, string key, string absent) => fields[key] switch
    {
        null => absent,
        JsonObject token => token["content"]?.GetValue<string>() ?? absent,
        var token => token.GetValue<string>(),
    };
}
