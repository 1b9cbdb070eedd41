using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>What was written to a topic and is not committed by the slowest of the groups that read it. Not thread-safe.</summary>
sealed class UnreadMessages(KafkaClients clients, string topic, IReadOnlyList<string> groups) : IDisposable
{
    static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    readonly Dictionary<int, Queue<(long Offset, long Bytes)>> mine = [];
    readonly Dictionary<string, IConsumer<byte[]?, byte[]?>> readers = [];
    int[] partitions = [];
    long allUnread;

    /// <summary>Bytes of ours that wait in the fullest partition.</summary>
    public long FullestBytes => mine.Values.Select(q => q.Sum(m => m.Bytes)).DefaultIfEmpty().Max();
    /// <summary>As of <see cref="Refresh"/>: everything in the topic is read, also what others wrote.</summary>
    public bool IsEmpty => partitions.Length > 0 && allUnread == 0;
    /// <summary>As of <see cref="Refresh"/>: sum of all groups' committed offsets; grows as they read.</summary>
    public long CommittedTotal { get; private set; }
    /// <summary>As of <see cref="Refresh"/>: a group that has never committed, or null.</summary>
    public string? Silent { get; private set; }

    public void Add(int partition, long offset, long bytes)
    {
        if (!mine.TryGetValue(partition, out var queue))
            mine[partition] = queue = new();
        queue.Enqueue((offset, bytes));
    }

    /// <summary>Asks the broker what the groups have committed. A broker that does not answer changes nothing.</summary>
    public void Refresh()
    {
        try
        {
            Read();
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            // Asked again before the next message goes.
        }
    }

    public void Dispose()
    {
        foreach (var reader in readers.Values)
            reader.Dispose();
    }

    void Read()
    {
        var any = Reader(groups[0]);
        if (partitions.Length == 0)
            partitions = Partitions(any);
        var asked = partitions.Select(p => new TopicPartition(topic, p)).ToArray();
        var committed = groups.Select(g => Reader(g).Committed(asked, RequestLimit)
            .ToDictionary(c => c.Partition.Value, c => c.Offset.IsSpecial ? -1 : c.Offset.Value)).ToArray();
        Silent = groups.Zip(committed).FirstOrDefault(g => g.Second.Values.All(offset => offset < 0)).First;
        CommittedTotal = committed.Sum(g => g.Values.Sum());
        allUnread = 0;
        foreach (var partition in asked)
        {
            var slowest = Math.Max(0, committed.Min(g => g[partition.Partition.Value]));
            allUnread += Math.Max(0, any.QueryWatermarkOffsets(partition, RequestLimit).High.Value - slowest);
            if (mine.TryGetValue(partition.Partition.Value, out var queue))
                while (queue.TryPeek(out var first) && first.Offset < slowest)
                    queue.Dequeue();
        }
    }

    /// <summary>A handle of the group that never joins it: it may ask, and takes no partition from anybody.</summary>
    IConsumer<byte[]?, byte[]?> Reader(string group) =>
        readers.TryGetValue(group, out var reader) ? reader : readers[group] = clients.CreateConsumer(group);

    int[] Partitions(IConsumer<byte[]?, byte[]?> consumer)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var found = admin.GetMetadata(topic, RequestLimit).Topics.Where(t => t.Topic == topic);
        return [.. found.SelectMany(t => t.Partitions).Select(p => p.PartitionId)];
    }
}
