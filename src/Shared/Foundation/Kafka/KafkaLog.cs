using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>What is logged about Kafka (ids 1000 to 1099).</summary>
static partial class KafkaLog
{
    [LoggerMessage(1000, LogLevel.Debug, "{Client}: {Text}")]
    public static partial void Librdkafka(ILogger logger, string client, string text);

    [LoggerMessage(1001, LogLevel.Error, "Kafka client failed for good: {Reason}")]
    public static partial void Fatal(ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Warning, "No broker at {Servers} yet: {Reason}")]
    public static partial void BrokerNotReady(ILogger logger, string servers, string reason);

    [LoggerMessage(1003, LogLevel.Warning,
        "Not allowed to create topics (the right Create on them or on the cluster), so they must be there: {Reason}")]
    public static partial void TopicsNotAllowed(ILogger logger, string reason);

    [LoggerMessage(1004, LogLevel.Warning, "{Topic}/{Partition}: {Count} messages before offset {Offset} were gone before they were read")]
    public static partial void MessagesLost(ILogger logger, string topic, int partition, long count, long offset);

    [LoggerMessage(1005, LogLevel.Warning, "Reading {Topic}: {Reason}")]
    public static partial void ReadFailed(ILogger logger, string topic, string reason);

    [LoggerMessage(1006, LogLevel.Information, "Embedded broker at {Servers}: for trying out only, it keeps 5 MB a partition in memory")]
    public static partial void EmbeddedInUse(ILogger logger, string servers);

    [LoggerMessage(1007, LogLevel.Warning, "Topic {Topic} has no compaction (cleanup.policy={Policy}): it loses old announcements")]
    public static partial void NotCompacted(ILogger logger, string topic, string policy);

    [LoggerMessage(1008, LogLevel.Warning, "Kafka at {Servers}: {Reason}")]
    public static partial void BrokerTrouble(ILogger logger, string servers, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "Reading {Topic} did not end within {Seconds} s: the group waits for its session to time out")]
    public static partial void CloseTimedOut(ILogger logger, string topic, double seconds);

    [LoggerMessage(1010, LogLevel.Error, "{Topic}/{Partition}/{Offset} is passed over: {Reason}")]
    public static partial void PassedOver(ILogger logger, string topic, int partition, long offset, string reason);

    [LoggerMessage(1012, LogLevel.Warning, "{Topic}/{Partition}/{Offset} goes to {DeadLetters}: {Reason}")]
    public static partial void ToDeadLetters(
        ILogger logger, string topic, int partition, long offset, string deadLetters, string reason);

    [LoggerMessage(1011, LogLevel.Error, "{Topic}/{Partition}/{Offset} is passed over: {DeadLetters} refuses its dead letter: {Reason}")]
    public static partial void LetterRefused(
        ILogger logger, string topic, int partition, long offset, string deadLetters, string reason);
}
