using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Health;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Reads a topic in a consumer group. A thread of its own polls, however long the work takes, so the group does not lose its member; what
/// was read waits in a bounded channel, and partitions pause while it is full. An offset is stored only after <see cref="Done"/>, and only
/// for the contiguous prefix of a partition: delivery is at least once. Stored offsets are committed every second, before a partition
/// goes to another member, and at the end. A broker that is away is waited for. Thread-safe.
/// </summary>
public sealed class ConsumerLoop : IAsyncDisposable
{
    const long CapacityBytes = 32 << 20; // read ahead
    static readonly TimeSpan PollLimit = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1); // pausing throws the fetched bytes away, so a short wait is tried first
    static readonly TimeSpan HeartbeatLimit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan CommittedLimit = TimeSpan.FromSeconds(5);
    static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(15);
    static readonly TimeSpan LagEvery = TimeSpan.FromSeconds(1);

    readonly string groupId;
    readonly string topic;
    readonly ConsumerLoopOptions options;
    readonly LoopHeartbeat heartbeat;
    readonly ILogger logger;
    readonly IConsumer<byte[]?, byte[]?> consumer;
    readonly ReadAhead waiting;
    readonly Dictionary<TopicPartition, PartitionProgress> progress = [];
    readonly CancellationTokenSource stopping = new();
    readonly bool countLost;
    readonly Task polling;
    int assignments;
    bool paused;
    readonly LastingErrors lasting = new(TimeProvider.System);

    public ConsumerLoop(
        KafkaClients clients, string groupId, string topic, ConsumerLoopOptions options, LoopHeartbeat heartbeat, ILogger logger)
    {
        (this.groupId, this.topic, this.options, this.heartbeat, this.logger) = (groupId, topic, options, heartbeat, logger);
        waiting = new ReadAhead(options.Capacity, CapacityBytes);
        KafkaMetrics.Reads(topic);
        countLost = clients.Options.Embedded;
        consumer = clients.CreateConsumer(groupId, partitionEof: true, configure: builder => builder
            .SetPartitionsAssignedHandler(Assign)
            .SetOffsetsCommittedHandler((_, committed) => NoteCommitted(committed.Offsets))
            .SetPartitionsRevokedHandler((_, revoked) => Revoke(revoked))
            .SetPartitionsLostHandler((_, lost) => Forget(lost)));
        polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Messages read and not yet taken.</summary>
    internal long Waiting => waiting.Count;
    string Name => $"read {topic} ({groupId})";

    /// <summary>Messages in the order of each partition, without end, except of partitions that went to another member.</summary>
    /// <exception cref="KafkaException">A fatal error of the client; the service cannot go on.</exception>
    public async IAsyncEnumerable<ConsumedMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var message in waiting.TakeAllAsync(ct))
        {
            if (Holds(message))
                yield return message;
        }
    }

    /// <summary>False once the message's partition has gone to another member, which reads the message again.</summary>
    public bool Holds(ConsumedMessage message)
    {
        lock (progress)
            return progress.TryGetValue(message.Source, out var known) && known.Assignment == message.Assignment;
    }

    /// <summary>The assignment by which this member holds the partition (<see cref="ConsumedMessage.Assignment"/>); 0: none.</summary>
    public int AssignmentOf(int partition)
    {
        lock (progress)
            return progress.GetValueOrDefault(new TopicPartition(topic, partition))?.Assignment ?? 0;
    }

    /// <summary>What of the partition is committed: everything before this offset, as far as this member knows.</summary>
    public long CommittedTo(int partition)
    {
        lock (progress)
            return progress.GetValueOrDefault(new TopicPartition(topic, partition))?.Committed ?? -1;
    }

    /// <summary>The work of this message is durable. A message of a partition that has gone to another member is passed over.</summary>
    public void Done(ConsumedMessage message)
    {
        lock (progress)
        {
            if (progress.TryGetValue(message.Source, out var known) && known.Assignment == message.Assignment
                && known.Complete(message.Offset) is { } commit) // where it fails, the next owner of the partition reads the message again
                Try(() => consumer.StoreOffset(new TopicPartitionOffset(message.Source, commit)));
        }
    }

    /// <summary>Commits what is done and leaves the group.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        if (await Task.WhenAny(polling, Task.Delay(CloseLimit)) != polling)
        {
            Log.CloseTimedOut(logger, topic, CloseLimit.TotalSeconds);
            return; // what the thread still uses is not disposed under it
        }
        stopping.Dispose();
        waiting.Dispose();
    }

    void Poll()
    {
        using var beating = heartbeat.Register(Name, HeartbeatLimit);
        try
        {
            consumer.Subscribe(topic);
            var nextLag = DateTime.UtcNow;
            while (!stopping.IsCancellationRequested)
            {
                heartbeat.Beat(Name);
                KeepWithinBounds();
                if (PollOnce() is { } message)
                    Hand(message);
                if (DateTime.UtcNow >= nextLag)
                {
                    ReportLag();
                    nextLag = DateTime.UtcNow + LagEvery;
                }
            }
            waiting.Complete();
        }
        catch (Exception e)
        {
            waiting.Complete(e);
        }
        finally
        {
            Close();
        }
    }

    void KeepWithinBounds()
    {
        if (!paused && waiting.IsFull)
            waiting.WaitWhileFull(PauseAfter, stopping.Token.WaitHandle);
        var pause = paused ? !waiting.HasRoom : waiting.IsFull;
        if (pause == paused)
            return;
        if (pause)
            consumer.Pause(consumer.Assignment);
        else
            consumer.Resume(consumer.Assignment);
        paused = pause;
    }

    ConsumeResult<byte[]?, byte[]?>? PollOnce()
    {
        try
        {
            return consumer.Consume(PollLimit);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // A broker that is away, a topic that is not there yet, a right that is missing: librdkafka tries again by itself.
            Say(e.Error);
            stopping.Token.WaitHandle.WaitOne(PollLimit);
            return null;
        }
    }

    void Hand(ConsumeResult<byte[]?, byte[]?> result)
    {
        long missing = 0;
        int assignment;
        lock (progress)
        {
            if (!progress.TryGetValue(result.TopicPartition, out var known))
                return;
            assignment = known.Assignment;
            if (result.IsPartitionEOF)
                known.ReachEnd(result.Offset.Value);
            else
                missing = known.HandOut(result.Offset.Value);
        }
        if (result.IsPartitionEOF)
        {
            if (options.ReportsEnds)
                waiting.Add(ConsumedMessage.End(result.TopicPartitionOffset) with { Assignment = assignment });
            return;
        }
        if (countLost && missing > 0)
        {
            KafkaMetrics.Lost.Inc(missing);
            Log.MessagesLost(logger, topic, result.Partition.Value, missing, result.Offset.Value);
        }
        waiting.Add(ConsumedMessage.From(result) with { Assignment = assignment });
    }

    void Assign(IConsumer<byte[]?, byte[]?> member, List<TopicPartition> assigned)
    {
        paused = false; // a new partition is not, whatever the others are
        var committed = Committed(member, assigned);
        lock (progress)
        {
            foreach (var partition in assigned)
                progress[partition] = new PartitionProgress(++assignments, committed.GetValueOrDefault(partition, -1));
        }
    }

    /// <summary>Where the group resumes: a group that has committed nothing reads from the beginning (auto.offset.reset).</summary>
    Dictionary<TopicPartition, long> Committed(IConsumer<byte[]?, byte[]?> member, List<TopicPartition> partitions)
    {
        try
        {
            var nothing = countLost ? 0 : -1;
            return member.Committed(partitions, CommittedLimit)
                .ToDictionary(c => c.TopicPartition, c => c.Offset.IsSpecial ? nothing : c.Offset.Value);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            return []; // then the lag and the count of lost messages start one message later
        }
    }

    void NoteCommitted(IEnumerable<TopicPartitionOffsetError> offsets)
    {
        lock (progress)
        {
            foreach (var offset in offsets.Where(o => !o.Error.IsError && !o.Offset.IsSpecial))
                progress.GetValueOrDefault(offset.TopicPartition)?.Commit(offset.Offset.Value);
        }
    }

    void Revoke(List<TopicPartitionOffset> partitions)
    {
        Forget(partitions);
        options.Revoked?.Invoke([.. partitions.Select(p => p.Partition.Value)]);
    }

    void Forget(List<TopicPartitionOffset> partitions)
    {
        lock (progress)
        {
            foreach (var partition in partitions)
            {
                progress.Remove(partition.TopicPartition);
                KafkaMetrics.ForgetLag(groupId, partition.Topic, partition.Partition.Value);
            }
        }
    }

    void ReportLag()
    {
        foreach (var partition in consumer.Assignment)
        {
            var high = consumer.GetWatermarkOffsets(partition).High; // as of the last fetch, no request
            lock (progress)
            {
                if (!high.IsSpecial && progress.TryGetValue(partition, out var known) && known.Next >= 0)
                    KafkaMetrics.ReportLag(groupId, partition.Topic, partition.Partition.Value, Math.Max(0, high.Value - known.Next));
            }
        }
    }

    /// <summary>An error that lasts is logged every 30 s, not at every poll.</summary>
    void Say(Error error)
    {
        if (lasting.IsDue(error.Code, topic))
            Log.ReadFailed(logger, topic, error.Explain(MissingRight.Read, topic, groupId).Reason);
    }

    void Try(Action action)
    {
        try
        {
            action();
        }
        catch (KafkaException e)
        {
            Say(e.Error);
        }
    }

    void Close()
    {
        Try(consumer.Close); // commits what is stored
        lock (progress)
            Forget([.. progress.Keys.Select(p => new TopicPartitionOffset(p, Offset.Unset))]);
        consumer.Dispose();
    }
}
