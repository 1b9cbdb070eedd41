namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Value of <c>transcripts</c> (JSON, key: the stream id), written by the Transcriber: the text of one segment.</summary>
public sealed record Transcript
{
    public required string SegmentId { get; init; }
    public required string StreamId { get; init; }
    public required string Text { get; init; }
    public required double DurationSeconds { get; init; }
    public required IReadOnlyList<TranscribedWord> Words { get; init; }
    public required int RecognizerNumber { get; init; }
    public required int EncoderNumber { get; init; }
    /// <summary>When the first sample was recorded, if the source said so.</summary>
    public DateTimeOffset? Time { get; init; }
}
