namespace Ssl.Shared.Foundation.Registry;

/// <summary>What an alias is to stand for.</summary>
/// <param name="Number">Null: for nothing any more.</param>
sealed record AliasMove(string Alias, int? Number, string Why);
