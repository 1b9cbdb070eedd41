using Confluent.Kafka.Admin;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>The topics as they are created where they are missing. An administrator who made them otherwise is left alone.</summary>
public static class TopicSetup
{
    /// <param name="partitions">Of the audio topics; announcements have one.</param>
    /// <param name="replicas">-1: the broker's default.</param>
    public static IReadOnlyList<TopicSpecification> All(int partitions = -1, short replicas = -1) =>
    [
        Stream(Topics.AudioRaw, partitions, replicas), Stream(Topics.AudioRawDeadLetters, 1, replicas),
        Stream(Topics.AudioSegments, partitions, replicas), Stream(Topics.Transcripts, partitions, replicas),
        Compacted(Topics.AudioLabeled, replicas), Compacted(Topics.Encoders, replicas), Compacted(Topics.Recognizers, replicas),
        Positions(Topics.AudioStreams, replicas),
    ];

    static TopicSpecification Stream(string name, int partitions, short replicas) =>
        Topic(name, partitions, replicas, new() { ["max.message.bytes"] = "10485760" });

    /// <summary>Read to its end at every start: kept small, and a stream that was silent for a week is forgotten.</summary>
    static TopicSpecification Positions(string name, short replicas) => Topic(name, 1, replicas, new()
    {
        ["cleanup.policy"] = "compact,delete",
        ["retention.ms"] = "604800000",
        ["segment.ms"] = "600000",
        ["segment.bytes"] = "16777216",
    });

    static TopicSpecification Compacted(string name, short replicas) =>
        Topic(name, 1, replicas, new() { ["cleanup.policy"] = "compact", ["max.message.bytes"] = "10485760" });

    static TopicSpecification Topic(string name, int partitions, short replicas, Dictionary<string, string> configs) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = replicas, Configs = configs };
}
