using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Reads ranges of a topic as it is now, without joining a group or committing. Used by one thread.</summary>
public sealed class TopicTail(KafkaClients clients, string topic) : IDisposable
{
    static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(5);

    const string Group = "ssl-tail-"; // and a number: never joined, nothing committed

    readonly IConsumer<byte[]?, byte[]?> consumer = clients.CreateConsumer($"{Group}{Guid.NewGuid():N}", partitionEof: true);

    /// <summary>The offsets that each partition holds now; empty partitions are left out.</summary>
    /// <exception cref="KafkaException">No broker answers, or the topic is not there.</exception>
    public IReadOnlyList<OffsetRange> Partitions(CancellationToken ct)
    {
        var held = new List<OffsetRange>();
        foreach (var partition in MissingRight.PartitionsOf(topic, consumer, BrokerLimit))
        {
            ct.ThrowIfCancellationRequested();
            var offsets = MissingRight.Reading(topic, Group, () =>
                consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition.PartitionId), BrokerLimit));
            if (offsets.High.Value > offsets.Low.Value)
                held.Add(new OffsetRange(partition.PartitionId, offsets.Low.Value, offsets.High.Value));
        }
        return held;
    }

    /// <summary>Of the topic itself: another one once it was deleted and created again; empty: the broker has no such ids.</summary>
    /// <exception cref="KafkaException">No broker answers, or the topic is not there.</exception>
    public string Id(CancellationToken ct)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var asked = TopicCollection.OfTopicNames([topic]);
        var answer = admin.DescribeTopicsAsync(asked, new DescribeTopicsOptions { RequestTimeout = BrokerLimit });
        return answer.WaitAsync(ct).GetAwaiter().GetResult().TopicDescriptions.Single().TopicId?.ToString() ?? "";
    }

    /// <summary>The messages of an offset range, oldest first; offsets without a message (compaction, transactions) are skipped.</summary>
    /// <exception cref="KafkaException">The broker refuses.</exception>
    /// <exception cref="TimeoutException">The next message does not come within seconds.</exception>
    public IEnumerable<ConsumedMessage> Read(OffsetRange range, CancellationToken ct)
    {
        consumer.Assign(new TopicPartitionOffset(topic, range.Partition, range.First));
        for (var next = range.First; next < range.End;)
        {
            ct.ThrowIfCancellationRequested();
            var result = MissingRight.Reading(topic, Group, () => consumer.Consume(PollLimit)) ?? throw new TimeoutException(
                $"nothing of {topic} [{range.Partition}] came from offset {next} on within {PollLimit.TotalSeconds:0} s");
            if (result.IsPartitionEOF || result.Offset.Value >= range.End)
                yield break;
            next = result.Offset.Value + 1;
            yield return ConsumedMessage.From(result);
        }
    }

    public void Dispose() => consumer.Dispose();
}
