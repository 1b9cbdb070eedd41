using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// Measured values that decide what a model becomes, under a name with its date. A version's manifest holds the recipes that made it.
/// Only properties with an <c>init</c> accessor are part of a recipe; computed ones are not. Immutable.
/// </summary>
public abstract record Recipe
{
    static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Purpose and date, e.g. <c>decoding-2026-11</c>. Changes whenever a default of the record changes.</summary>
    public abstract string Name { get; init; }
    /// <summary>SHA-256 of <see cref="ToJson"/>'s UTF-8, lower-case hexadecimal.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(ToJson())));

    /// <summary>Every value by its snake_case name, names in ordinal order at every level, so that equal recipes give equal text.</summary>
    public JsonObject ToJson() => (JsonObject)Sorted(JsonSerializer.SerializeToNode(this, GetType(), SnakeCase))!;

    static JsonNode? Sorted(JsonNode? node) => node is JsonObject fields
        ? new JsonObject(fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value))))
        : node?.DeepClone();
}
