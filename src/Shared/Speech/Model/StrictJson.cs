using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ssl.Shared.Speech.Model;

/// <summary>JSON files of models: read as a whole, so that nothing wrong is found only when a field is looked at.</summary>
static class StrictJson
{
    static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <exception cref="InvalidModelException">Not a JSON object, a name twice, or half a surrogate pair.</exception>
    public static JsonObject Parse(string json, string path)
    {
        try
        {
            var root = JsonNode.Parse(json, documentOptions: Options) as JsonObject
                ?? throw new InvalidModelException($"{path}: not a JSON object");
            ReadTexts(root);
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidModelException($"{path}: not JSON: {e.Message}");
        }
    }

    static void ReadTexts(JsonNode? node)
    {
        if (node is JsonObject fields)
            foreach (var (_, value) in fields)
                ReadTexts(value);
        else if (node is JsonArray items)
            foreach (var item in items)
                ReadTexts(item);
        else if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String)
            value.GetValue<string>();
    }
}
