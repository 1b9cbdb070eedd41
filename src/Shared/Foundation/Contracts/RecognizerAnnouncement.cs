namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Value of <c>models.recognizers</c> (JSON, key: the alias), written by the Transcriber after the alias has moved.</summary>
public sealed record RecognizerAnnouncement
{
    /// <summary><c>champion</c>, <c>previous</c> or <c>candidate</c>; also the message key.</summary>
    public required string Alias { get; init; }
    public required int Number { get; init; }
    public required int EncoderNumber { get; init; }
    public required DateTimeOffset Created { get; init; }
    /// <summary>Word error rate on the held-out labels, 0 and up.</summary>
    public required double WordErrorRate { get; init; }
    /// <summary>Character error rate on the held-out labels, 0 and up.</summary>
    public required double CharacterErrorRate { get; init; }
    public required long Epoch { get; init; }
    public required string Why { get; init; }
    /// <summary>The gate's: <c>better</c>, <c>equal</c>, <c>worse</c> or <c>broken</c>; null: no gate judged it (an import).</summary>
    public string? Verdict { get; init; }
    /// <summary>Of the verdict, in words.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}
