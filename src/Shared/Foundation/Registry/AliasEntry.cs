namespace Ssl.Shared.Foundation.Registry;

/// <summary>Which version a name stands for, and who put it there.</summary>
public sealed record AliasEntry
{
    public required int Number { get; init; }
    public required long Epoch { get; init; }
    public required string Who { get; init; }
    public required DateTimeOffset When { get; init; }
    public required string Why { get; init; }
}
