using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Reads a topic from its beginning and then on, without a group: every reader of an announcement sees all of them.</summary>
public static class AnnouncementFollower
{
    const int Capacity = 256;
    static readonly TimeSpan PollLimit = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan MetadataLimit = TimeSpan.FromSeconds(5);

    /// <summary>Messages of all partitions, oldest first within each, until cancelled. A broker that is away is waited for.</summary>
    public static async IAsyncEnumerable<ConsumedMessage> FollowAsync(
        KafkaClients clients, string topic, [EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<ConsumedMessage>(Capacity);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var read = () => Read(clients, topic, channel.Writer, ending.Token);
        var reading = Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (await WaitAsync(channel.Reader, ct))
                while (channel.Reader.TryRead(out var message))
                    yield return message;
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
        }
    }

    /// <summary>False when cancelled or at the end.</summary>
    static async Task<bool> WaitAsync(ChannelReader<ConsumedMessage> reader, CancellationToken ct)
    {
        try
        {
            return await reader.WaitToReadAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    static void Read(KafkaClients clients, string topic, ChannelWriter<ConsumedMessage> writer, CancellationToken ct)
    {
        try
        {
            using var consumer = clients.CreateConsumer($"ssl-follow-{Guid.NewGuid():N}"); // never joined, nothing committed
            Assign(consumer, topic, ct);
            while (!ct.IsCancellationRequested)
            {
                if (Poll(consumer) is { } result)
                    writer.WriteAsync(ConsumedMessage.From(result), ct).AsTask().GetAwaiter().GetResult();
            }
            writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            writer.TryComplete();
        }
        catch (Exception e)
        {
            writer.TryComplete(e);
        }
    }

    /// <summary>Waits for a missing topic without naming it to a consumer: the broker would create it without compaction.</summary>
    static void Assign(IConsumer<byte[]?, byte[]?> consumer, string topic, CancellationToken ct)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var partitions = admin.GetMetadata(topic, MetadataLimit).Topics.Single(t => t.Topic == topic).Partitions;
                if (partitions.Count > 0)
                {
                    consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
                    return;
                }
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // no broker yet
            }
            ct.WaitHandle.WaitOne(PollLimit);
        }
    }

    static ConsumeResult<byte[]?, byte[]?>? Poll(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(PollLimit);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            return null;
        }
    }
}
