using Confluent.Kafka.Admin;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>The topics as they are created where they are missing. An administrator who made them otherwise is left alone.</summary>
public static class TopicSetup
{
    static readonly (string, string) LargeMessages = ("max.message.bytes", "10485760");
    static readonly (string, string) Compacted = ("cleanup.policy", "compact");

    /// <param name="partitions">Of the audio topics, -1: the broker's default; announcements have one.</param>
    public static IReadOnlyList<TopicSpecification> All(int partitions = -1) =>
    [
        Topic(Topics.AudioRaw, partitions, LargeMessages), Topic(Topics.AudioRawDeadLetters, 1, LargeMessages),
        Topic(Topics.AudioSegments, partitions, LargeMessages), Topic(Topics.AudioSegmentsDeadLetters, 1, LargeMessages),
        Topic(Topics.Transcripts, partitions, LargeMessages),
        Topic(Topics.AudioLabeled, 1, Compacted, LargeMessages),
        Topic(Topics.Encoders, 1, Compacted, LargeMessages), Topic(Topics.Recognizers, 1, Compacted, LargeMessages),
        Topic(Topics.Control, 1, Compacted),
        // Read to its end at every start: kept small, and a stream that was silent for a week is forgotten.
        Topic(Topics.AudioStreams, 1, ("cleanup.policy", "compact,delete"), ("retention.ms", "604800000"), ("segment.ms", "600000"),
            ("segment.bytes", "16777216")),
    ];

    static TopicSpecification Topic(string name, int partitions, params (string Key, string Value)[] configs) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = -1, Configs = configs.ToDictionary(c => c.Key, c => c.Value) };
}
