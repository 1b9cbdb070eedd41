namespace Ssl.Shared.Foundation.Contracts;

/// <summary>A message of <c>audio.labeled</c>: a recording and its text.</summary>
public sealed record AudioLabel
{
    /// <summary>The message key: a later label of the same id replaces this one.</summary>
    public required string Id { get; init; }
    public required byte[] Audio { get; init; }
    /// <summary>Of the audio; null: recognised by its first bytes.</summary>
    public string? ContentType { get; init; }
    public required string Text { get; init; }
    /// <summary>Line of recognizers; null: the default line.</summary>
    public string? Line { get; init; }
    public string? Speaker { get; init; }
    public string? Domain { get; init; }
    /// <summary><c>train</c>, <c>test</c>, <c>gate</c> or <c>hidden</c>; null: the tuner chooses.</summary>
    public string? Split { get; init; }
}
