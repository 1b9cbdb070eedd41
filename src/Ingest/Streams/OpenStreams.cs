using Ssl.Ingest.Delivery;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Streams;

/// <summary>
/// The open raw PCM streams of a worker. Each message is pushed to its stream, the segments it completes are sent, and only then is the
/// stream's position recorded and the messages before it are done. Not thread-safe.
/// </summary>
sealed class OpenStreams(IngestOptions options, ConsumerLoop consumer, IngestOutput output, StreamLedger ledger, TimeProvider time)
{
    readonly Dictionary<(int Partition, string Id), Entry> streams = [];

    /// <summary>False when the message had been used before a restart.</summary>
    public async Task<bool> AddAsync(ConsumedMessage message, AudioContentType type, CancellationToken ct)
    {
        var place = (message.Partition, SegmentSource.StreamIdOf(message));
        if (streams.TryGetValue(place, out var entry) && entry.Stream.Assignment != message.Assignment)
        {
            streams.Remove(place); // the partition was elsewhere meanwhile: what is here may have been overtaken
            entry = null;
        }
        if (entry?.Stream is { } open && (open.Type != type || message.Timestamp - open.LastMessage!.Timestamp > options.StreamIdle))
        {
            await EndAsync(place, ct);
            entry = null;
        }
        if (entry is null && (entry = await OpenAsync(message, type, place, ct)) is null)
            return false;
        var segments = IngestMetrics.Timed(() => entry.Stream.Push(message));
        await output.SendAsync(segments, ct);
        entry.Heard = time.GetTimestamp();
        if (segments.Count > 0 || entry.Stream.HasMoved)
            await ReleaseAsync(place, entry.Stream.Position, ended: false, ct);
        return true;
    }

    /// <summary>Ends the streams from which nothing has come for the idle time, if nothing was held up on its way either.</summary>
    public async Task EndIdleAsync(TimeSpan flowingFor, CancellationToken ct)
    {
        if (flowingFor <= options.StreamIdle)
            return;
        foreach (var place in streams.Where(s => time.GetElapsedTime(s.Value.Heard) > options.StreamIdle).Select(s => s.Key).ToArray())
            await EndAsync(place, ct);
    }

    async Task<Entry?> OpenAsync(ConsumedMessage message, AudioContentType type, (int, string Id) place, CancellationToken ct)
    {
        var known = await ledger.FindAsync(message, place.Id, ct);
        if (known?.Covers(message.Offset, message.Value!.Length) == true)
        {
            consumer.Done(message);
            return null;
        }
        if (streams.Count >= options.OpenStreams)
            await EndAsync(streams.MinBy(s => s.Value.Heard).Key, ct);
        return streams[place] = new Entry(new PcmStream(type, message.Assignment, known?.Offset == message.Offset ? known.Byte : 0));
    }

    async Task EndAsync((int, string) place, CancellationToken ct)
    {
        var stream = streams[place].Stream;
        await output.SendAsync(stream.Flush(), ct);
        if (stream.DanglingBytes > 0)
            await output.RejectAsync(stream.LastMessage!, Dangling(stream.DanglingBytes), ct);
        await ReleaseAsync(place, stream.End, ended: true, ct);
        streams.Remove(place);
    }

    static Refusal Dangling(int bytes) =>
        new(RejectReason.Truncated, $"the stream ended with {bytes} bytes that are not a sample of every channel; all before was used");

    async Task ReleaseAsync((int Partition, string Id) place, StreamPosition position, bool ended, CancellationToken ct)
    {
        await ledger.RecordAsync(place.Partition, place.Id, position, ct);
        foreach (var done in streams[place].Stream.Release(ended))
            consumer.Done(done);
    }

    sealed class Entry(PcmStream stream)
    {
        public PcmStream Stream => stream;

        /// <summary>Timestamp of the time provider.</summary>
        public long Heard { get; set; }
    }
}
