using System.Globalization;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>A message as read from a topic.</summary>
/// <param name="Timestamp">The message's own; null where it has none, or one that no calendar holds (microseconds, for instance).</param>
public sealed record ConsumedMessage(
    string Topic, int Partition, long Offset, byte[]? Key, byte[]? Value, Headers Headers, DateTimeOffset? Timestamp)
{
    const int MaxTopicChars = 249; // Kafka's limit

    static readonly (long Min, long Max) Calendar =
        (DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

    /// <summary>
    /// Grows each time a <see cref="ConsumerLoop"/> is assigned the partition. Between two assignments another member may have read it, and
    /// messages that were not done come again: state of an earlier assignment must not be continued with messages of a later one.
    /// </summary>
    public int Assignment { get; init; }
    /// <summary>True: no message, but the end of the partition, which was reached before this offset (<see
    /// cref="ConsumerLoopOptions.ReportsEnds"/>).</summary>
    public bool IsPartitionEnd { get; init; }
    /// <summary>When it was read, as a timestamp of <see cref="TimeProvider.System"/>.</summary>
    public long ReadAt { get; init; }
    /// <summary>Milliseconds since 1970 as the broker has them; no calendar need hold them.</summary>
    public long TimestampMs { get; init; }

    /// <summary>The key as UTF-8; empty where there is none.</summary>
    public string KeyText => Key is null ? "" : System.Text.Encoding.UTF8.GetString(Key);

    /// <summary>Where it was first read: its own place, or that of the message that a replayed dead letter once was.</summary>
    public (string Topic, int Partition, long Offset) Origin =>
        Header(MessageHeaders.SourceTopic) is { Length: > 0 and <= MaxTopicChars } topic
        && int.TryParse(Header(MessageHeaders.SourcePartition), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        && long.TryParse(Header(MessageHeaders.SourceOffset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (topic, partition, offset) : (Topic, Partition, Offset);

    internal long Bytes => (Value?.Length ?? 0) + (Key?.Length ?? 0);
    internal TopicPartition Source => new(Topic, Partition);

    /// <summary>The last header of that name that has a value, as text (<see cref="HeaderText"/>); null where there is none.</summary>
    public string? Header(string name) =>
        Headers.LastOrDefault(h => HeaderText.IsNamed(h.Key, name) && h.GetValueBytes() is not null) is { } header
            ? HeaderText.Of(header.GetValueBytes()) : null;

    /// <summary>
    /// Whether a header <c>train-opt-out</c> keeps the audio out of training. If it is there several times, one yes is enough. What is
    /// neither yes nor no counts as yes, and is counted (<c>ssl_kafka_unreadable_opt_outs_total</c>).
    /// </summary>
    public bool OptsOut()
    {
        var answers = Headers.Where(h => HeaderText.EndsWith(h.Key, MessageHeaders.TrainOptOut))
            .Select(h => HeaderText.YesOrNo(HeaderText.Of(h.GetValueBytes()))).ToArray();
        if (answers.Contains(null))
            KafkaMetrics.UnreadableOptOuts.Inc();
        return answers.Any(yes => yes is not false);
    }

    internal static ConsumedMessage From(ConsumeResult<byte[]?, byte[]?> result)
    {
        var (message, time) = (result.Message, result.Message.Timestamp);
        var isKnown = time.Type != TimestampType.NotAvailable
            && time.UnixTimestampMs >= Calendar.Min && time.UnixTimestampMs <= Calendar.Max;
        DateTimeOffset? stamp = isKnown ? DateTimeOffset.FromUnixTimeMilliseconds(time.UnixTimestampMs) : null;
        return new(result.Topic, result.Partition.Value, result.Offset.Value, message.Key, message.Value, message.Headers ?? [], stamp)
        {
            ReadAt = TimeProvider.System.GetTimestamp(),
            TimestampMs = time.UnixTimestampMs,
        };
    }

    internal static ConsumedMessage End(TopicPartitionOffset end) =>
        new(end.Topic, end.Partition.Value, end.Offset.Value, null, null, [], null)
        {
            IsPartitionEnd = true,
            ReadAt = TimeProvider.System.GetTimestamp(),
        };
}
