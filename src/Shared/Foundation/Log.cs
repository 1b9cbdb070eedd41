using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation;

/// <summary>
/// What is logged about Kafka (ids 1000 to 1099), the registry (1100 to 1199), a program as a whole (1200 to 1299), and the switch of
/// learning (1300 to 1399). One class: the generator writes several in an order that differs from build to build.
/// </summary>
static partial class Log
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

    [LoggerMessage(1100, LogLevel.Warning, "Registry version passed over: {Reason}")]
    public static partial void VersionPassedOver(ILogger logger, string reason);

    [LoggerMessage(1101, LogLevel.Warning, "Old versions were not removed, or a move of an alias was not noted in history.jsonl: {Reason}")]
    public static partial void NotTidied(ILogger logger, string reason);

    [LoggerMessage(1200, LogLevel.Critical, "{Service} cannot go on: {Reason}")]
    public static partial void Failed(this ILogger logger, string service, string reason, Exception exception);

    [LoggerMessage(1201, LogLevel.Information, "Listening on {Addresses}")]
    public static partial void Listening(this ILogger logger, string addresses);

    [LoggerMessage(1202, LogLevel.Information, "The certificate {Subject} serves; it ends {Expiry:u}")]
    public static partial void CertificateServes(this ILogger logger, string subject, DateTime expiry);

    [LoggerMessage(1203, LogLevel.Warning, "The new certificate cannot be used, the one before serves on: {Reason}")]
    public static partial void CertificateUnusable(this ILogger logger, string reason);

    [LoggerMessage(1204, LogLevel.Warning, "Connections of {Address} are closed: it has more than {Max} (Http:MaxConnectionsPerAddress)")]
    public static partial void TooManyConnections(this ILogger logger, System.Net.IPAddress address, int max);

    [LoggerMessage(1300, LogLevel.Warning, "Learning is {State} by {Who}: {Why}")]
    public static partial void Switched(ILogger logger, string state, string who, string why);
}
