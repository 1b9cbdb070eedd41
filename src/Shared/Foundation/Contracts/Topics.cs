namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Names of the Kafka topics. Users and dashboards depend on them.</summary>
public static class Topics
{
    public const string AudioRaw = "audio.raw";
    public const string AudioRawDeadLetters = "audio.raw.dlq";
    /// <summary>How far Ingest has come in each stream of raw PCM; compacted, for Ingest alone.</summary>
    public const string AudioStreams = "audio.streams";
    public const string AudioSegments = "audio.segments";
    public const string AudioSegmentsDeadLetters = "audio.segments.dlq";
    public const string AudioLabeled = "audio.labeled";
    public const string Encoders = "models.encoders";
    public const string Recognizers = "models.recognizers";
    /// <summary>What operators switch, by key: <c>learning</c>; compacted.</summary>
    public const string Control = "control";
    public const string Transcripts = "transcripts";
}
