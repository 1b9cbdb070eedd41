namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Header names of audio messages: CloudEvents 1.0 Kafka binding (binary mode) and our own.</summary>
public static class MessageHeaders
{
    public const string ContentType = "content-type";
    public const string SpecVersion = "ce_specversion";
    public const string Type = "ce_type";
    public const string Source = "ce_source";
    public const string Id = "ce_id";
    public const string Time = "ce_time";
    public const string Sequence = "ce_sequence";
    /// <summary>Yes: the audio never enters training. What is neither yes nor no counts as yes.</summary>
    public const string TrainOptOut = "train-opt-out";
    /// <summary>W3C trace context, kept through.</summary>
    public const string TraceParent = "traceparent";
    /// <summary>UTF-8 transcript of a labelled recording (<c>audio.labeled</c>).</summary>
    public const string Text = "text";
    /// <summary>Line of recognizers that a labelled recording is for.</summary>
    public const string Line = "line";
    public const string Speaker = "speaker";
    /// <summary>A free name for slices and anchors.</summary>
    public const string Domain = "domain";
    /// <summary>Part of the labels that a labelled recording belongs to.</summary>
    public const string Split = "split";
    public const string FailureReason = "x-failure-reason";
    public const string FailedAttempts = "x-failed-attempts";
    /// <summary>Consumer group that could not handle the message.</summary>
    public const string FailedConsumer = "x-failed-consumer";
    /// <summary>This and the next three: where the message was first read. A replayed dead letter keeps them.</summary>
    public const string SourceTopic = "x-source-topic";
    public const string SourcePartition = "x-source-partition";
    public const string SourceOffset = "x-source-offset";
    public const string SourceTimestamp = "x-source-timestamp";
}
