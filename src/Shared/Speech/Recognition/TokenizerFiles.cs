using System.Globalization;
using System.Text.Json.Nodes;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>
/// The tokens of a Wav2Vec2CTCTokenizer, wherever its version of transformers wrote them: <c>vocab.json</c> (nested by language in MMS);
/// added tokens in <c>added_tokens.json</c>, in <c>tokenizer.json</c> or in <c>added_tokens_decoder</c> of <c>tokenizer_config.json</c>;
/// special tokens that no file numbers come after all others.
/// </summary>
sealed class TokenizerFiles
{
    public const string VocabularyFile = "vocab.json";
    public const string ConfigFile = "tokenizer_config.json";
    const string SpecialTokensFile = "special_tokens_map.json";
    const string AddedTokensFile = "added_tokens.json";
    const string TokenizerFile = "tokenizer.json";
    const string LanguageKey = "target_lang";

    readonly string folder;
    readonly string path; // of the vocabulary
    readonly JsonObject config;
    readonly JsonObject vocabulary;

    /// <param name="language">In a vocabulary of several; null: the one that the tokenizer names.</param>
    /// <exception cref="InvalidModelException">A file is missing or not JSON, or has no such language.</exception>
    public TokenizerFiles(string folder, string? language)
    {
        this.folder = folder;
        config = Read(ConfigFile) ?? [];
        path = Path.Combine(folder, VocabularyFile);
        vocabulary = Read(VocabularyFile) ?? throw new InvalidModelException($"{path} is missing");
        if (vocabulary.All(t => t.Value is JsonValue))
        {
            if (language is not null)
                throw new InvalidModelException($"{path} is not by language, so it has none named '{language}'");
            return;
        }
        Language = language ?? (config[LanguageKey] as JsonValue)?.ToString() ?? (vocabulary.Count == 1 ? vocabulary.First().Key : "");
        vocabulary = vocabulary[Language] as JsonObject ?? throw new InvalidModelException(
            $"{path} has no language '{Language}'; it has {string.Join(", ", vocabulary.Select(t => t.Key))}");
    }

    /// <summary>Null where the vocabulary is not by language.</summary>
    public string? Language { get; }

    /// <param name="size">Labels of the model's head; tokens beyond are never written.</param>
    /// <param name="order">For each label, the label it has in the files.</param>
    /// <exception cref="InvalidModelException">Labels without a token, no blank or word delimiter.</exception>
    public Vocabulary Vocabulary(int size, out int[] order)
    {
        try
        {
            var special = Special();
            var tokens = new SortedDictionary<int, string>();
            foreach (var (label, token) in Numbered(vocabulary).Concat(Added()))
                tokens[label] = token;
            foreach (var token in new[] { special.Begin, special.End, special.Unknown, special.Blank }.Except(tokens.Values.ToArray()))
                tokens.Add(tokens.Count > 0 ? tokens.Last().Key + 1 : 0, token);
            string[] names = [.. tokens.Where(t => t.Key >= 0 && t.Key < size).Select(t => t.Value)];
            return names.Length == size ? Decoding.Vocabulary.Of(names, special, out order)
                : throw new FormatException($"it names {names.Length} of the {size} labels of the model's head");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException)
        {
            throw new InvalidModelException($"{path}: {e.Message}");
        }
    }

    /// <summary>
    /// Names of the special tokens: those of <c>special_tokens_map.json</c> hold where the tokenizer's own file lists no tokens.
    /// </summary>
    SpecialTokens Special()
    {
        var fields = config.DeepClone().AsObject();
        if (!fields.ContainsKey("added_tokens_decoder"))
        {
            foreach (var (key, token) in Read(SpecialTokensFile) ?? [])
                fields[key] = token?.DeepClone();
        }
        return SpecialTokens.Parse(fields.ToJsonString());
    }

    IEnumerable<(int Label, string Token)> Added()
    {
        if (config["added_tokens_decoder"] is JsonObject decoder)
            return decoder.Select(t => (int.Parse(t.Key, CultureInfo.InvariantCulture), Field(t.Value, "content").GetValue<string>()));
        return Numbered(Read(AddedTokensFile) ?? []).Concat((Read(TokenizerFile)?["added_tokens"] as JsonArray ?? [])
            .Select(t => (Field(t, "id").GetValue<int>(), Field(t, "content").GetValue<string>())));
    }

    static JsonNode Field(JsonNode? token, string name) =>
        token?[name] ?? throw new FormatException($"an added token has no {name}");

    static IEnumerable<(int Label, string Token)> Numbered(JsonObject tokens) => tokens.Select(t =>
        (t.Value?.GetValue<int>() ?? throw new FormatException($"token '{t.Key}' has no number"), t.Key));

    JsonObject? Read(string name) => JsonFile.Read(Path.Combine(folder, name));
}
