using System.Collections.Concurrent;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// The gauge <c>ssl_kafka_consumer_lag</c>. It has no label for the group; where several groups of one process read a partition
/// (<c>ssl up</c>), it shows the one that is furthest behind. Thread-safe.
/// </summary>
static class ConsumerLag
{
    static readonly ConcurrentDictionary<(string Topic, int Partition), ConcurrentDictionary<string, long>> Groups = new();

    public static void Report(string group, string topic, int partition, long messages)
    {
        var groups = Groups.GetOrAdd((topic, partition), _ => new());
        groups[group] = messages;
        Show(topic, partition, groups);
    }

    /// <summary>The partition is no longer this group's here.</summary>
    public static void Forget(string group, string topic, int partition)
    {
        if (!Groups.TryGetValue((topic, partition), out var groups))
            return;
        groups.TryRemove(group, out _);
        if (groups.IsEmpty)
            KafkaMetrics.Lag.RemoveLabelled(topic, $"{partition}");
        else
            Show(topic, partition, groups);
    }

    static void Show(string topic, int partition, ConcurrentDictionary<string, long> groups) =>
        KafkaMetrics.Lag.WithLabels(topic, $"{partition}").Set(groups.Values.DefaultIfEmpty().Max());
}
