using System.Collections.Concurrent;
using System.Threading.Channels;
using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Ingest;

/// <summary>Works off the messages of its keys in order: clips at once, raw PCM as the next piece of its key's stream.</summary>
sealed class IngestWorker(
    IngestStages stages, OpenStreams streams, ClipLedger clips, ConsumerLoop consumer, IngestOutput output, TopicEnds ends,
    TimeProvider clock)
{
    const int Capacity = 4;
    static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(0.5);

    readonly Channel<ConsumedMessage> waiting = Channel.CreateBounded<ConsumedMessage>(Capacity);
    readonly ConcurrentDictionary<int, ConsumedMessage> newEnds = new(); // by partition
    readonly Dictionary<int, ConsumedMessage> reachedEnds = []; // every message before was worked off

    public ValueTask AddAsync(ConsumedMessage message, CancellationToken ct) => waiting.Writer.WriteAsync(message, ct);

    /// <summary>The end of a partition, all messages of which were added before.</summary>
    public void Reach(ConsumedMessage end) => newEnds[end.Partition] = end;

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(IdleCheck, clock);
        var (arrival, tick) = (waiting.Reader.WaitToReadAsync(ct).AsTask(), timer.WaitForNextTickAsync(ct).AsTask());
        while (true)
        {
            await await Task.WhenAny(arrival, tick);
            var ends = newEnds.ToArray(); // before draining: the messages before them wait already
            while (waiting.Reader.TryRead(out var message))
                await WorkAsync(message, ct);
            foreach (var (partition, end) in ends)
                reachedEnds[partition] = end;
            if (arrival.IsCompleted)
                arrival = waiting.Reader.WaitToReadAsync(ct).AsTask();
            if (tick.IsCompleted)
            {
                await streams.EndIdleAsync(QuietTime, ct);
                tick = timer.WaitForNextTickAsync(ct).AsTask();
            }
        }
    }

    async Task WorkAsync(ConsumedMessage message, CancellationToken ct)
    {
        var result = "";
        using var span = Traces.Consume(message);
        if (await Attempts.RunAsync(async () => result = await HandleAsync(message, ct), ct) is { } failure)
        {
            await output.RejectAsync(message, Refusal.Failed(failure), ct);
            consumer.Done(message);
        }
        else if (result != "rejected") // counted with its reason
            IngestMetrics.Messages.WithLabels(result).Inc();
    }

    /// <summary>Returns what became of the message.</summary>
    async Task<string> HandleAsync(ConsumedMessage message, CancellationToken ct)
    {
        if (await clips.IsDoneAsync(message, ct))
        {
            consumer.Done(message);
            return "repeated";
        }
        if (message.Key is { Length: > Refusal.MaxKeyBytes } key)
            return await RejectAsync(message, Refusal.OversizedKey(key.Length), ct);
        if (Wrapping.Problem(message.Value) is { } wrapped) // before a block of a stream is made of it
            return await RejectAsync(message, new Refusal(RejectReason.Wrapped, wrapped), ct);
        var (block, noBlock) = StreamBlock.Of(message);
        if (block is not null)
            return await streams.AddAsync(block, ct);
        var (segments, refusal) = noBlock is not null ? ([], noBlock) : await IngestMetrics.TimedAsync(() => stages.Clip(message, ct));
        if (refusal is not null)
            return await RejectAsync(message, refusal, ct);
        await output.SendAsync(segments, ct);
        clips.Record(message, consumer.CommittedTo(message.Partition));
        consumer.Done(message);
        return segments.Count > 0 ? "segmented" : "silent";
    }

    async Task<string> RejectAsync(ConsumedMessage message, Refusal refusal, CancellationToken ct)
    {
        await output.RejectAsync(message, refusal, ct);
        clips.Record(message, consumer.CommittedTo(message.Partition));
        consumer.Done(message);
        return "rejected";
    }

    /// <summary>
    /// How long the partition is known to hold no message that was not worked off here, as timestamps; null while that is not known. A
    /// broker that was away brings its messages first.
    /// </summary>
    (long Since, long Until)? QuietTime(int partition)
    {
        if (ends.Of(partition) is not { } end || !reachedEnds.TryGetValue(partition, out var reached)
            || reached.Assignment != consumer.AssignmentOf(partition))
            return null;
        return (end.AnsweringSince, end.Offset == reached.Offset ? Math.Max(end.At, reached.ReadAt) : reached.ReadAt);
    }
}
