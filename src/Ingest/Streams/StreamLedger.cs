using System.Collections.Concurrent;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// How far each stream is in durable segments, on the compacted topic <c>audio.streams</c>; read when a partition is assigned. The group's
/// offset cannot say it: it is one number for all streams of a partition, and a segment may begin inside a message. A restart resumes at
/// the exact sample, so its segments have the same ids as without the restart. Thread-safe.
/// </summary>
sealed class StreamLedger(KafkaClients clients) : IDisposable
{
    static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    static readonly TopicPartition Place = new(Topics.AudioStreams, 0);

    readonly ConcurrentDictionary<string, StreamPosition> positions = new(StringComparer.Ordinal);
    readonly Dictionary<int, int> loaded = []; // partition of audio.raw, and the assignment for which it was read
    readonly SemaphoreSlim turn = new(1, 1);
    long next;

    /// <summary>Where to go on with the stream, for the assignment in which the message was read; null where it is new.</summary>
    /// <exception cref="KafkaException">The ledger cannot be read.</exception>
    public async Task<StreamPosition?> FindAsync(ConsumedMessage message, string stream, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            if (loaded.GetValueOrDefault(message.Partition, -1) != message.Assignment)
                await Task.Run(() => Load(ct), ct);
            loaded[message.Partition] = message.Assignment;
        }
        finally
        {
            turn.Release();
        }
        return positions.GetValueOrDefault(NameOf(message.Partition, stream));
    }

    /// <summary>Returns when the broker has it.</summary>
    public async Task RecordAsync(int partition, string stream, StreamPosition position, CancellationToken ct)
    {
        var (key, value) = (JsonSerializer.SerializeToUtf8Bytes(NameOf(partition, stream)), JsonSerializer.SerializeToUtf8Bytes(position));
        var record = new Message<byte[]?, byte[]?> { Key = key, Value = value };
        await clients.Producer.ProduceAsync(Place, record, ct);
    }

    public void Dispose() => turn.Dispose();

    static string NameOf(int partition, string stream) => $"{partition}/{stream}";

    /// <summary>Reads what was written since the last time.</summary>
    void Load(CancellationToken ct)
    {
        using var consumer = clients.CreateConsumer(ConsumerGroups.Ingest); // not a member: it only asks
        var range = consumer.QueryWatermarkOffsets(Place, RequestLimit);
        next = Math.Max(next, range.Low.Value);
        consumer.Assign(new TopicPartitionOffset(Place, next));
        while (next < range.High.Value)
        {
            ct.ThrowIfCancellationRequested();
            var result = consumer.Consume(RequestLimit)
                ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{Place.Topic} did not answer at offset {next}"));
            next = result.Offset.Value + 1;
            if (Parse(result.Message) is var (name, position))
                positions[name] = position;
        }
        ForgetCommitted(consumer);
    }

    /// <summary>A stream whose messages the group has passed is never read again: keeping it would only take memory.</summary>
    void ForgetCommitted(IConsumer<byte[]?, byte[]?> consumer)
    {
        var partitions = positions.Keys.Select(PartitionOf).Distinct().Select(p => new TopicPartition(Topics.AudioRaw, p)).ToArray();
        if (partitions.Length == 0)
            return;
        var committed = consumer.Committed(partitions, RequestLimit)
            .ToDictionary(c => c.Partition.Value, c => c.Offset.IsSpecial ? 0 : c.Offset.Value);
        foreach (var (name, position) in positions)
        {
            if (position.Offset < committed[PartitionOf(name)])
                positions.TryRemove(name, out _);
        }
    }

    static int PartitionOf(string name) => int.Parse(name.AsSpan(0, name.IndexOf('/', StringComparison.Ordinal)));

    static (string Name, StreamPosition Position)? Parse(Message<byte[]?, byte[]?> message)
    {
        try
        {
            return message is { Key: { } key, Value: { } value } && JsonSerializer.Deserialize<string>(key) is { } name
                && JsonSerializer.Deserialize<StreamPosition>(value) is { } position
                && int.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('/', StringComparison.Ordinal))), out _) ? (name, position) : null;
        }
        catch (JsonException)
        {
            return null; // nobody else writes here; whatever it is, it is not a position
        }
    }
}
