namespace Ssl.Shared.Foundation.Registry;

/// <summary>A line of <c>history.jsonl</c>.</summary>
/// <param name="Number">Null: the alias was removed.</param>
sealed record AliasRecord(string Alias, int? Number, long Epoch, string Who, DateTimeOffset When, string Why)
{
    public static AliasRecord Of(string alias, AliasEntry entry) => new(alias, entry.Number, entry.Epoch, entry.Who, entry.When, entry.Why);
}
