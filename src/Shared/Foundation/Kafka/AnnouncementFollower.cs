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
        var group = $"ssl-follow-{Guid.NewGuid():N}"; // never joined, nothing committed
        using var consumer = clients.CreateConsumer(group);
        var assigned = false;
        KafkaMetrics.Reads(topic);
        while (!ct.IsCancellationRequested)
        {
            assigned = assigned || await Task.Run(() => TryAssign(consumer, topic, Say), CancellationToken.None);
            if (assigned && Poll(consumer, Say) is { } result)
                yield return ConsumedMessage.From(result);
            else
                await Task.Delay(PollEvery, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        void Say(Error error) => clients.SayAtTimes(error.Code, topic, error.Explain(MissingRight.Read, topic, group).Reason);
    }

    /// <summary>Waits for a missing topic without naming it to a consumer: the broker would create it without compaction.</summary>
    static bool TryAssign(IConsumer<byte[]?, byte[]?> consumer, string topic, Action<Error> say)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var found = admin.GetMetadata(topic, MetadataLimit).Topics.Single(t => t.Topic == topic);
            if (found.Error.Code == ErrorCode.TopicAuthorizationFailed)
                say(found.Error);
            consumer.Assign(found.Partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
            return found.Partitions.Count > 0;
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            return false; // no broker yet
        }
    }

    static ConsumeResult<byte[]?, byte[]?>? Poll(IConsumer<byte[]?, byte[]?> consumer, Action<Error> say)
    {
        try
        {
            return consumer.Consume(TimeSpan.Zero);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            say(e.Error);
            return null;
        }
    }
}
