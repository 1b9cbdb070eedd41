using System.Text;
using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>A message as read from a topic.</summary>
/// <param name="Timestamp">The message's own, or the epoch where it has none.</param>
public sealed record ConsumedMessage(
    string Topic, int Partition, long Offset, byte[]? Key, byte[]? Value, Headers Headers, DateTimeOffset Timestamp)
{
    /// <summary>
    /// Grows each time a <see cref="ConsumerLoop"/> is assigned the partition. Between two assignments another member may have read it, and
    /// messages that were not done come again: state of an earlier assignment must not be continued with messages of a later one.
    /// </summary>
    public int Assignment { get; init; }

    /// <summary>The key as UTF-8; empty where there is none.</summary>
    public string KeyText => Key is null ? "" : Encoding.UTF8.GetString(Key);

    internal long Bytes => (Value?.Length ?? 0) + (Key?.Length ?? 0);

    internal TopicPartition Source => new(Topic, Partition);

    /// <summary>The last header of that name as UTF-8, or null.</summary>
    public string? Header(string name) =>
        Headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;

    internal static ConsumedMessage From(ConsumeResult<byte[]?, byte[]?> result)
    {
        var (message, time) = (result.Message, result.Message.Timestamp);
        var stamp = time.Type == TimestampType.NotAvailable ? DateTime.UnixEpoch : time.UtcDateTime;
        return new(result.Topic, result.Partition.Value, result.Offset.Value, message.Key, message.Value, message.Headers ?? [], stamp);
    }
}
