using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Ssl.Shared.Kafka;

/// <summary>
/// Produces to a topic no faster than its readers keep up, where the broker needs it: the embedded one holds 5 MB a partition and then
/// drops the oldest without a word. A message is sent once the bytes that the slowest group has not committed leave room for it.
/// On a real broker messages pass straight through. Thread-safe.
/// </summary>
public sealed class DownstreamPacer(KafkaClients clients, string topic, IReadOnlyList<string> groups) : IDisposable
{
    /// <summary>Of the 5 MB that a partition holds, less what the record headers take.</summary>
    const long RoomBytes = 4_000_000;

    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan StuckLimit = TimeSpan.FromMinutes(5);

    readonly ConcurrentDictionary<int, Queue<(long Offset, long Bytes)>> unread = new();
    readonly Lazy<IConsumer<byte[]?, byte[]?>[]> readers = new(() => [.. groups.Select(g => clients.CreateConsumer(g))]);
    readonly SemaphoreSlim turn = new(1, 1);

    /// <exception cref="TimeoutException">The readers made no room in five minutes: one of them is not running.</exception>
    /// <exception cref="ProduceException{TKey, TValue}">The broker refused the message.</exception>
    public async Task<DeliveryResult<byte[]?, byte[]?>> ProduceAsync(Message<byte[]?, byte[]?> message, CancellationToken ct)
    {
        if (!clients.Options.Embedded)
            return await clients.Producer.ProduceAsync(topic, message, ct);
        await turn.WaitAsync(ct);
        try
        {
            var bytes = (message.Value?.Length ?? 0) + (message.Key?.Length ?? 0);
            await WaitForRoomAsync(bytes, ct);
            var delivered = await clients.Producer.ProduceAsync(topic, message, ct);
            unread.GetOrAdd(delivered.Partition.Value, _ => new()).Enqueue((delivered.Offset.Value, bytes));
            return delivered;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        if (readers.IsValueCreated)
            foreach (var reader in readers.Value)
                reader.Dispose();
        turn.Dispose();
    }

    /// <summary>The partition is not known before the message is sent, so each must have room.</summary>
    async Task WaitForRoomAsync(long bytes, CancellationToken ct)
    {
        var deadline = DateTime.UtcNow + StuckLimit;
        while (FullestBytes() + bytes > RoomBytes && FullestBytes() > 0)
        {
            await Task.Run(DropCommitted, ct);
            if (FullestBytes() + bytes <= RoomBytes || FullestBytes() == 0)
                return;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{topic}: its readers ({string.Join(", ", groups)}) made no room in {StuckLimit.TotalMinutes:0} minutes; is one of them not running?");
            await Task.Delay(Poll, ct);
        }
    }

    long FullestBytes() => unread.Values.Select(q => q.Sum(m => m.Bytes)).DefaultIfEmpty().Max();

    void DropCommitted()
    {
        var partitions = unread.Keys.Select(p => new TopicPartition(topic, p)).ToArray();
        var slowest = partitions.ToDictionary(p => p.Partition.Value, _ => long.MaxValue);
        foreach (var reader in readers.Value)
        {
            foreach (var committed in Committed(reader, partitions))
                slowest[committed.Partition.Value] = Math.Min(slowest[committed.Partition.Value], committed.Offset.IsSpecial ? 0 : committed.Offset.Value);
        }
        foreach (var (partition, queue) in unread)
            while (queue.TryPeek(out var first) && first.Offset < slowest[partition])
                queue.Dequeue();
    }

    static List<TopicPartitionOffset> Committed(IConsumer<byte[]?, byte[]?> reader, TopicPartition[] partitions)
    {
        try
        {
            return reader.Committed(partitions, RequestLimit);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            return [.. partitions.Select(p => new TopicPartitionOffset(p, Offset.Unset))];
        }
    }
}
