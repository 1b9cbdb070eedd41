using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Hosting;

namespace Ssl.Shared.Kafka;

/// <summary>
/// Reads a topic in a consumer group. A thread of its own polls, whatever the work does, so the group never loses its member; what was read
/// waits in a bounded channel, and partitions pause while it is full. An offset is stored only after <see cref="Done"/>, and only for
/// the contiguous prefix of a partition: delivery is at least once.
/// </summary>
public sealed class ConsumerLoop : IAsyncDisposable
{
    static readonly TimeSpan PollLimit = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan HeartbeatLimit = TimeSpan.FromSeconds(60);

    readonly string topic;
    readonly ConsumerLoopOptions options;
    readonly LoopHeartbeat heartbeat;
    readonly ILogger logger;
    readonly IConsumer<byte[]?, byte[]?> consumer;
    readonly Channel<ConsumedMessage> read = Channel.CreateUnbounded<ConsumedMessage>(new UnboundedChannelOptions { SingleWriter = true });
    readonly Dictionary<TopicPartition, PartitionProgress> progress = [];
    readonly Dictionary<TopicPartition, int> assignments = []; // polling thread only
    readonly CancellationTokenSource stopping = new();
    readonly bool countLost;
    readonly Task polling;
    long waitingMessages;
    long waitingBytes;

    public ConsumerLoop(KafkaClients clients, string groupId, string topic, ConsumerLoopOptions options, LoopHeartbeat heartbeat, ILogger logger)
    {
        (this.topic, this.options, this.heartbeat, this.logger) = (topic, options, heartbeat, logger);
        countLost = clients.Options.Embedded;
        consumer = clients.CreateConsumer(groupId, builder => builder
            .SetPartitionsAssignedHandler((_, assigned) => Assign(assigned))
            .SetPartitionsRevokedHandler((_, revoked) => Forget(revoked.Select(r => r.TopicPartition)))
            .SetPartitionsLostHandler((_, lost) => Forget(lost.Select(l => l.TopicPartition))));
        polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    string Name => $"read {topic}";

    /// <summary>Messages in the order of each partition, without end.</summary>
    /// <exception cref="KafkaException">The client failed for good.</exception>
    public async IAsyncEnumerable<ConsumedMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var message in read.Reader.ReadAllAsync(ct))
        {
            Interlocked.Decrement(ref waitingMessages);
            Interlocked.Add(ref waitingBytes, -Size(message));
            yield return message;
        }
    }

    /// <summary>The work of this message is durable. Thread-safe; a message of a partition that has gone to another member is passed over.</summary>
    public void Done(ConsumedMessage message)
    {
        lock (progress)
        {
            var partition = new TopicPartition(message.Topic, message.Partition);
            if (progress.TryGetValue(partition, out var known) && known.Complete(message.Offset) is { } commit)
                Store(new TopicPartitionOffset(partition, commit));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    void Poll()
    {
        using var beating = heartbeat.Register(Name, HeartbeatLimit);
        try
        {
            consumer.Subscribe(topic);
            var (paused, nextLag) = (false, DateTime.UtcNow);
            while (!stopping.IsCancellationRequested)
            {
                heartbeat.Beat(Name);
                var full = Interlocked.Read(ref waitingMessages) >= options.Capacity || Interlocked.Read(ref waitingBytes) >= options.CapacityBytes;
                if (full != paused)
                    paused = Pause(full);
                if (PollOnce() is { } message)
                    Hand(message);
                if (DateTime.UtcNow >= nextLag)
                {
                    ReportLag();
                    nextLag = DateTime.UtcNow.AddSeconds(1);
                }
            }
            read.Writer.TryComplete();
        }
        catch (Exception e)
        {
            read.Writer.TryComplete(e);
        }
        finally
        {
            Close();
        }
    }

    ConsumeResult<byte[]?, byte[]?>? PollOnce()
    {
        try
        {
            return consumer.Consume(PollLimit);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // A broker that is away, or a topic that is not there yet: librdkafka tries again by itself.
            KafkaLog.ReadFailed(logger, topic, e.Error.Reason);
            stopping.Token.WaitHandle.WaitOne(PollLimit);
            return null;
        }
    }

    void Hand(ConsumeResult<byte[]?, byte[]?> result)
    {
        var message = ConsumedMessage.From(result) with { Assignment = assignments.GetValueOrDefault(result.TopicPartition) };
        long missing;
        lock (progress)
        {
            if (!progress.TryGetValue(result.TopicPartition, out var known))
                progress[result.TopicPartition] = known = new PartitionProgress();
            missing = known.HandOut(message.Offset);
        }
        if (countLost && missing > 0)
        {
            KafkaMetrics.Lost.Inc(missing);
            KafkaLog.MessagesLost(logger, topic, message.Partition, missing, message.Offset);
        }
        Interlocked.Increment(ref waitingMessages);
        Interlocked.Add(ref waitingBytes, Size(message));
        read.Writer.TryWrite(message);
    }

    bool Pause(bool full)
    {
        if (full)
            consumer.Pause(consumer.Assignment);
        else
            consumer.Resume(consumer.Assignment);
        return full;
    }

    List<TopicPartitionOffset> Assign(List<TopicPartition> assigned)
    {
        foreach (var partition in assigned)
            assignments[partition] = assignments.GetValueOrDefault(partition) + 1;
        return [.. assigned.Select(partition =>
            new TopicPartitionOffset(partition, options.StartAt?.Invoke(partition.Topic, partition.Partition.Value) is { } offset ? new Offset(offset) : Offset.Unset))];
    }

    void Forget(IEnumerable<TopicPartition> partitions)
    {
        lock (progress)
        {
            foreach (var partition in partitions)
            {
                progress.Remove(partition);
                KafkaMetrics.Lag.RemoveLabelled(partition.Topic, $"{partition.Partition.Value}");
            }
        }
    }

    void Store(TopicPartitionOffset offset)
    {
        try
        {
            consumer.StoreOffset(offset);
        }
        catch (KafkaException e)
        {
            KafkaLog.ReadFailed(logger, topic, e.Error.Reason); // the partition has just gone; its next owner reads the message again
        }
    }

    void ReportLag()
    {
        foreach (var partition in consumer.Assignment)
        {
            var high = consumer.GetWatermarkOffsets(partition).High;
            long next;
            lock (progress)
                next = progress.TryGetValue(partition, out var known) ? known.Next : -1;
            if (!high.IsSpecial && next >= 0)
                KafkaMetrics.Lag.WithLabels(partition.Topic, $"{partition.Partition.Value}").Set(Math.Max(0, high.Value - next));
        }
    }

    void Close()
    {
        try
        {
            consumer.Close(); // commits what is stored
        }
        catch (KafkaException e)
        {
            KafkaLog.ReadFailed(logger, topic, e.Error.Reason);
        }
        lock (progress)
            progress.Clear();
        consumer.Dispose();
    }

    static long Size(ConsumedMessage message) => (message.Value?.Length ?? 0) + (message.Key?.Length ?? 0);
}
