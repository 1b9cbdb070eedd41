using System.Text;
using System.Text.Json;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>
/// <c>history.jsonl</c>: the last moves of aliases, oldest first. What a crash kept from being written is added at the alias's next move.
/// </summary>
sealed class AliasHistory(IRegistryStore store)
{
    public const string File = "history.jsonl";
    public const int MaxLines = 1000;

    static readonly RegistryJson OneLine = new(new JsonSerializerOptions(RegistryJson.Default.Options) { WriteIndented = false });

    /// <param name="records">What the moved aliases stood for and stand for now, oldest first.</param>
    public void Add(IEnumerable<AliasRecord> records)
    {
        var added = records.Select(r => JsonSerializer.Serialize(r, OneLine.AliasRecord)).ToArray();
        while (true)
        {
            var now = store.Read(File);
            string[] lines = now is null ? [] : Encoding.UTF8.GetString(now.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var text = string.Concat(lines.Concat(added.Except(lines)).TakeLast(MaxLines).Select(l => l + "\n"));
            if (store.CompareAndSet(File, Encoding.UTF8.GetBytes(text), now?.Token))
                return;
        }
    }
}
