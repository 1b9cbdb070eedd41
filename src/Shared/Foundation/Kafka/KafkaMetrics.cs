using System.Collections.Concurrent;
using Prometheus;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Metrics of reading Kafka, the same in every service. The lag has no label for the group; where several groups of one process read a
/// partition (<c>ssl up</c>), it shows the one that is furthest behind. Thread-safe.
/// </summary>
static class KafkaMetrics
{
    public static readonly Counter Lost = Metrics.CreateCounter(
        "ssl_kafka_lost_messages_total", "Messages that the embedded broker dropped before they were read.");

    static readonly Counter DeadLetters = Metrics.CreateCounter(
        "ssl_kafka_dead_letters_total", "Messages sent to a topic of dead letters.", "topic");

    public static readonly Counter PassedOver = Metrics.CreateCounter(
        "ssl_kafka_passed_over_total", "Messages of a topic that could not be handled and left no dead letter.", "topic");

    public static readonly Counter UnreadableOptOuts = Metrics.CreateCounter(
        "ssl_kafka_unreadable_opt_outs_total", "Messages whose train-opt-out is neither yes nor no; they are not trained on.");

    static readonly Gauge Lag = Metrics.CreateGauge(
        "ssl_kafka_consumer_lag", "Messages of a partition that are not read yet.", "topic", "partition");

    static readonly ConcurrentDictionary<(string Topic, int Partition), ConcurrentDictionary<string, long>> Groups = new();

    /// <summary>There before the first.</summary>
    public static Counter.Child DeadLettersOf(string topic)
    {
        var letters = DeadLetters.WithLabels(topic);
        letters.Publish();
        return letters;
    }

    /// <summary>Before a message of the topic is passed over.</summary>
    public static void Reads(string topic) => PassedOver.WithLabels(topic).Publish();

    public static void ReportLag(string group, string topic, int partition, long messages)
    {
        var groups = Groups.GetOrAdd((topic, partition), _ => new());
        groups[group] = messages;
        ShowLag(topic, partition, groups);
    }

    /// <summary>The partition is no longer assigned to this group here.</summary>
    public static void ForgetLag(string group, string topic, int partition)
    {
        if (!Groups.TryGetValue((topic, partition), out var groups))
            return;
        groups.TryRemove(group, out _);
        if (groups.IsEmpty)
            Lag.RemoveLabelled(topic, $"{partition}");
        else
            ShowLag(topic, partition, groups);
    }

    static void ShowLag(string topic, int partition, ConcurrentDictionary<string, long> groups) =>
        Lag.WithLabels(topic, $"{partition}").Set(groups.Values.DefaultIfEmpty().Max());
}
