using System.Text;
using System.Text.Json;
using Ssl.Shared.Foundation.Registry.Stores;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// <c>history.jsonl</c>: the last moves of aliases, oldest first. What a crash kept from being written is added at the alias's next move.
/// </summary>
sealed class AliasHistory(IRegistryStore store)
{
    public const string File = "history.jsonl";
    public const int MaxLines = 1000;
    static readonly RegistryJson OneLine = new(new JsonSerializerOptions(RegistryJson.Default.Options) { WriteIndented = false });

    /// <summary>Oldest first; a line that somebody damaged is left out.</summary>
    public IEnumerable<AliasRecord> Read() =>
        Encoding.UTF8.GetString(store.Read(File)?.Content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(Parse).OfType<AliasRecord>();

    /// <param name="records">What the moved aliases stood for and stand for now, oldest first.</param>
    public void Add(IEnumerable<AliasRecord> records)
    {
        var added = records.Select(r => JsonSerializer.Serialize(r, OneLine.AliasRecord)).ToArray();
        StoredDocument? now;
        string text;
        do
        {
            now = store.Read(File);
            var lines = Encoding.UTF8.GetString(now?.Content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            text = string.Concat(lines.Concat(added.Except(lines)).TakeLast(MaxLines).Select(l => l + "\n"));
        }
        while (!store.CompareAndSet(File, Encoding.UTF8.GetBytes(text), now?.Token));
    }

    static AliasRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, OneLine.AliasRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A line of <c>history.jsonl</c>.</summary>
/// <param name="Number">Null: the alias was removed.</param>
public sealed record AliasRecord(string Alias, int? Number, long Epoch, string Who, DateTimeOffset When, string Why)
{
    internal static AliasRecord Of(string alias, AliasEntry entry) =>
        new(alias, entry.Number, entry.Epoch, entry.Who, entry.When, entry.Why);
}
