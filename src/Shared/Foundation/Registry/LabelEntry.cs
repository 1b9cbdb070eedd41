namespace Ssl.Shared.Foundation.Registry;

/// <summary>A label as people see it in lists, written by the tuner.</summary>
public sealed record LabelEntry
{
    /// <summary>Key on <c>audio.labeled</c>, or the path in a manifest.</summary>
    public required string Id { get; init; }
    public required string Line { get; init; }
    /// <summary>As it was given, not normalised.</summary>
    public required string Text { get; init; }
    public string? Speaker { get; init; }
    public string? Domain { get; init; }
    /// <summary>Duration of the recording; 0: refused.</summary>
    public required double Seconds { get; init; }
    /// <summary>Null: it is in no part, and <see cref="Problem"/> says why.</summary>
    public LabelPart? Part { get; init; }
    /// <summary>Why it is not used; null: it is.</summary>
    public string? Problem { get; init; }
    /// <summary>Where it is on <c>audio.labeled</c>; null: it is of a manifest.</summary>
    public StreamPosition? Source { get; init; }
}
