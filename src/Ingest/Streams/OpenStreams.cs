using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// The open raw PCM streams of a worker. Each message is pushed to its stream, the segments it completes are sent, and only then is the
/// stream's position recorded and the messages before it are done. Not thread-safe.
/// </summary>
sealed class OpenStreams(
    IngestOptions options, IngestStages stages, ConsumerLoop consumer, IngestOutput output, StreamLedger ledger, TimeProvider clock)
{
    const int MaxCount = 1000; // if another stream begins, the one that has been silent for the longest time is ended

    readonly Dictionary<(int Partition, string Id), PcmStream> streams = [];

    /// <summary>Takes the next block and returns what became of it.</summary>
    public async Task<string> AddAsync(StreamBlock block, CancellationToken ct)
    {
        var (message, place) = (block.Message, (block.Message.Partition, SegmentSource.StreamIdOf(block.Message)));
        if (streams.TryGetValue(place, out var open) && open.Assignment != message.Assignment)
            streams.Remove(place); // another member had the partition meanwhile: this state may be outdated
        else if (open is not null)
        {
            var order = open.Order.Judge(message);
            if (order is BlockOrder.Repeated or BlockOrder.Late)
                return await PassAsync(message, order, open.Order.Last, ct);
            if (order == BlockOrder.NewCount || open.Type != block.Type || HasEnded(open, block))
                await EndAsync(place, ct);
        }
        if (!streams.ContainsKey(place))
        {
            if (await OpenAsync(block, place, ct) is not { } opened)
                return "repeated";
            opened.Order.Judge(message);
        }
        var failure = await Attempts.RunAsync(() => TakeAsync(block, place, ct), ct);
        return failure is null ? "segmented" : await AbandonAsync(place, message, failure, ct);
    }

    /// <summary>
    /// Ends the streams without a message for the idle time, which counts from the end of the audio. The end of the partition must have
    /// been seen after it: of a broker that is away, or a backlog, nothing is known.
    /// </summary>
    /// <param name="quietTime">Of a partition: since when the broker answers, and when it was last known to hold no more; or null.</param>
    public async Task EndIdleAsync(Func<int, (long Since, long Until)?> quietTime, CancellationToken ct)
    {
        var quiet = streams.Keys.Select(s => s.Partition).Distinct().ToDictionary(p => p, quietTime);
        foreach (var (place, stream) in streams.ToArray())
        {
            if (consumer.AssignmentOf(place.Partition) != stream.Assignment)
                streams.Remove(place); // it is another member's
            else if (quiet[place.Partition] is var (since, until)
                && clock.GetElapsedTime(Math.Max(since, stream.Heard), until) > options.StreamIdle + stream.LastLength)
                await EndAsync(place, ct);
        }
    }

    /// <summary>By the messages' own times, less the length of their audio: it may be sent when it begins or when it is over.</summary>
    bool HasEnded(PcmStream open, StreamBlock next)
    {
        var length = TimeSpan.FromSeconds(next.Pcm.Length / next.Type.BytesPerFrame / (double)next.Type.RateHz);
        return next.Message.Timestamp - open.LastMessage?.Timestamp - (length > open.LastLength ? length : open.LastLength)
            > options.StreamIdle;
    }

    async Task<string> PassAsync(ConsumedMessage message, BlockOrder order, long last, CancellationToken ct)
    {
        if (order == BlockOrder.Late)
            await output.RejectAsync(message, Refusal.OutOfOrder(SequenceOrder.NumberOf(message)!.Value, last), ct);
        consumer.Done(message);
        return order == BlockOrder.Late ? "rejected" : "repeated";
    }

    async Task<PcmStream?> OpenAsync(StreamBlock block, (int, string Id) place, CancellationToken ct)
    {
        var message = block.Message;
        var known = await ledger.FindAsync(place, message.Assignment, ct);
        if (known?.Covers(message.Offset, block.Pcm.Length) == true)
        {
            consumer.Done(message);
            return null;
        }
        if (streams.Count >= MaxCount)
            await EndAsync(streams.MinBy(s => s.Value.Heard).Key, ct);
        var skip = known?.Offset == message.Offset ? known.Byte : 0;
        return streams[place] = new PcmStream(block.Type, message.Assignment, skip, known?.Voice);
    }

    async Task TakeAsync(StreamBlock block, (int Partition, string Id) place, CancellationToken ct)
    {
        var stream = streams[place];
        if (stream.IsBroken)
            streams[place] = stream = stream.Without(block.Message);
        stream.IsBroken = true; // until it has come through
        var segments = IngestMetrics.Timed(() => stages.Push(stream, block));
        await output.SendAsync(segments, ct);
        stream.Heard = clock.GetTimestamp();
        if (segments.Count > 0 || stream.HasMoved)
            await ReleaseAsync(place, stream, stream.Position, ended: false, ct);
        stream.IsBroken = false;
    }

    async Task EndAsync((int, string) place, CancellationToken ct)
    {
        if (await Attempts.RunAsync(() => FlushAsync(place, ct), ct) is { } failure)
            await AbandonAsync(place, streams[place].LastMessage, failure, ct);
        streams.Remove(place);
    }

    async Task FlushAsync((int, string) place, CancellationToken ct)
    {
        var stream = streams[place];
        if (stream.IsBroken)
            streams[place] = stream = stream.Without(null);
        stream.IsBroken = true; // until it has come through
        await output.SendAsync(stream.Flush(), ct);
        if (stream.DanglingBytes is > 0 and var bytes)
            await output.RejectAsync(stream.LastMessage!, new Refusal(RejectReason.Truncated,
                $"the stream ended with {bytes} bytes that are not a sample of every channel; all before was used"), ct);
        await ReleaseAsync(place, stream, stream.End, ended: true, ct);
    }

    /// <summary>
    /// A stream that fails three times at a message: which of the messages it holds is at fault cannot be told, so all of them go to the
    /// dead letters, and its next message begins a stream.
    /// </summary>
    async Task<string> AbandonAsync((int, string) place, ConsumedMessage? last, Exception failure, CancellationToken ct)
    {
        var stream = streams[place];
        ConsumedMessage[] lost = [.. stream.Held.Append(last!).Where(m => m is not null).DistinctBy(m => m.Offset)];
        foreach (var message in lost)
            await output.RejectAsync(message, Refusal.Failed(failure), ct);
        var position = new StreamPosition(lost.Max(m => m.Offset), int.MaxValue);
        _ = await Attempts.RunAsync(() => ledger.RecordAsync(place, position, ct), ct); // without it they fail again after a restart
        foreach (var message in lost)
            consumer.Done(message);
        streams.Remove(place);
        return "rejected";
    }

    async Task ReleaseAsync(
        (int Partition, string Id) place, PcmStream stream, StreamPosition position, bool ended, CancellationToken ct)
    {
        await ledger.RecordAsync(place, position, ct);
        foreach (var done in stream.Release(ended))
            consumer.Done(done);
    }
}
