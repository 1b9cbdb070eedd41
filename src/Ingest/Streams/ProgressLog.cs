using System.Collections.Concurrent;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// The compacted topic <c>audio.streams</c>: how far Ingest is, where the group's offset cannot say it. It is read on when a partition of
/// <c>audio.raw</c> is assigned. Thread-safe.
/// </summary>
sealed class ProgressLog(KafkaClients clients) : IDisposable
{
    static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    static readonly TopicPartition Place = new(Topics.AudioStreams, 0);

    readonly List<IProgressReader> readers = [];
    readonly ConcurrentDictionary<int, int> loaded = new(); // partition of audio.raw, and the assignment for which it was read
    readonly SemaphoreSlim turn = new(1, 1);
    long next;

    /// <summary>Before anything is loaded.</summary>
    public void Add(IProgressReader reader) => readers.Add(reader);

    /// <summary>Returns when everything is read that was written before the assignment.</summary>
    /// <exception cref="KafkaException">The broker refuses to have the topic read.</exception>
    public async ValueTask LoadAsync(int partition, int assignment, CancellationToken ct)
    {
        if (loaded.GetValueOrDefault(partition, -1) == assignment)
            return;
        await turn.WaitAsync(ct);
        try
        {
            if (loaded.GetValueOrDefault(partition, -1) != assignment)
                await clients.AskAsync(Topics.AudioStreams, () => Load(partition, ct), ct);
            loaded[partition] = assignment;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Returns when the broker has it.</summary>
    public Task WriteAsync(string key, byte[] value, CancellationToken ct)
    {
        var message = new Message<byte[]?, byte[]?> { Key = JsonSerializer.SerializeToUtf8Bytes(key), Value = value };
        return clients.DeliverAsync(Place.Topic, message, ct, Place.Partition);
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Reads what was written since the last time.</summary>
    void Load(int partition, CancellationToken ct)
    {
        using var consumer = clients.CreateConsumer(ConsumerGroups.Ingest); // not a member: it only asks
        MissingRight.PartitionsOf(Place.Topic, consumer, RequestLimit);
        var range = MissingRight.Reading(Place.Topic, ConsumerGroups.Ingest, () => consumer.QueryWatermarkOffsets(Place, RequestLimit));
        next = Math.Max(next, range.Low.Value);
        consumer.Assign(new TopicPartitionOffset(Place, next));
        while (next < range.High.Value)
        {
            ct.ThrowIfCancellationRequested();
            var result = MissingRight.Reading(Place.Topic, ConsumerGroups.Ingest, () => consumer.Consume(RequestLimit))
                ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{Place.Topic} did not answer at offset {next}"));
            next = result.Offset.Value + 1;
            Take(result.Message);
        }
        var source = new TopicPartition(Topics.AudioRaw, partition);
        var committed = consumer.Committed([source], RequestLimit).Single().Offset;
        var end = consumer.QueryWatermarkOffsets(source, RequestLimit).High;
        foreach (var reader in readers)
            reader.Forget(partition, committed.IsSpecial ? 0 : committed.Value, end.Value);
    }

    void Take(Message<byte[]?, byte[]?> message)
    {
        try
        {
            if (message is { Key: { } keyBytes, Value: { } value } && JsonSerializer.Deserialize<string>(keyBytes) is { } key)
                foreach (var reader in readers)
                    reader.Take(key, value);
        }
        catch (JsonException)
        {
            // not of ours; nobody else should write here
        }
    }
}
