using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>The <see cref="ShadowRecord"/> of each of the last candidates. Thread-safe.</summary>
public sealed class ShadowRecords(ModelRegistry registry)
{
    const string Document = "shadow.json";
    const int MaxCandidates = 50;

    /// <summary>By the candidate's number.</summary>
    public IReadOnlyDictionary<int, ShadowRecord> All() => Parse(registry.ReadDocument(Document));

    /// <summary>Adds what one process has compared.</summary>
    public void Add(int candidate, ShadowRecord more) => registry.UpdateDocument(Document, now =>
    {
        var all = Parse(now);
        all[candidate] = all.TryGetValue(candidate, out var before) && before.Champion == more.Champion ? before.Plus(more) : more;
        var kept = all.OrderByDescending(r => r.Key).Take(MaxCandidates).ToDictionary();
        return JsonSerializer.SerializeToUtf8Bytes(kept, RegistryJson.Default.DictionaryInt32ShadowRecord);
    });

    /// <summary>A damaged document is begun anew: it is a by-product.</summary>
    static Dictionary<int, ShadowRecord> Parse(byte[]? content)
    {
        try
        {
            return content is null ? [] : JsonSerializer.Deserialize(content, RegistryJson.Default.DictionaryInt32ShadowRecord) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
