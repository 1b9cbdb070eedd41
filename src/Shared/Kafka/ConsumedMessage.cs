using System.Text;
using Confluent.Kafka;

namespace Ssl.Shared.Kafka;

/// <summary>A message as read from a topic.</summary>
/// <param name="Timestamp">The message's own, or the epoch where it has none.</param>
public sealed record ConsumedMessage(string Topic, int Partition, long Offset, byte[]? Key, byte[]? Value, Headers Headers, DateTimeOffset Timestamp)
{
    /// <summary>How many times this reader had been given the partition, this time included: another number, and what it knew of the partition may be stale.</summary>
    public int Assignment { get; init; }

    /// <summary>The key as UTF-8; empty where there is none.</summary>
    public string KeyText => Key is null ? "" : Encoding.UTF8.GetString(Key);

    /// <summary>The last header of that name as UTF-8, or null.</summary>
    public string? Header(string name) =>
        Headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;

    internal static ConsumedMessage From(ConsumeResult<byte[]?, byte[]?> result) => new(
        result.Topic, result.Partition.Value, result.Offset.Value, result.Message.Key, result.Message.Value, result.Message.Headers ?? [],
        result.Message.Timestamp.Type == TimestampType.NotAvailable ? DateTimeOffset.UnixEpoch : new DateTimeOffset(result.Message.Timestamp.UtcDateTime, TimeSpan.Zero));
}
