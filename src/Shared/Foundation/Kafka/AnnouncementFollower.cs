using System.Runtime.CompilerServices;
using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Reads a topic from its beginning and then on, without a group: every reader of an announcement sees all of them.</summary>
public static class AnnouncementFollower
{
    static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan MetadataLimit = TimeSpan.FromSeconds(5);

    /// <summary>Messages of all partitions, oldest first within each, until cancelled. A broker that is away is waited for.</summary>
    public static async IAsyncEnumerable<ConsumedMessage> FollowAsync(
        KafkaClients clients, string topic, [EnumeratorCancellation] CancellationToken ct)
    {
        using var consumer = clients.CreateConsumer($"ssl-follow-{Guid.NewGuid():N}"); // never joined, nothing committed
        var assigned = false;
        while (!ct.IsCancellationRequested)
        {
            assigned = assigned || await Task.Run(() => TryAssign(consumer, topic), CancellationToken.None);
            if (assigned && Poll(consumer) is { } result)
                yield return ConsumedMessage.From(result);
            else
                await Task.Delay(PollEvery, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for a missing topic without naming it to a consumer: the broker would create it without compaction.</summary>
    static bool TryAssign(IConsumer<byte[]?, byte[]?> consumer, string topic)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var partitions = admin.GetMetadata(topic, MetadataLimit).Topics.Single(t => t.Topic == topic).Partitions;
            consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
            return partitions.Count > 0;
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            return false; // no broker yet
        }
    }

    static ConsumeResult<byte[]?, byte[]?>? Poll(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(TimeSpan.Zero);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            return null;
        }
    }
}
