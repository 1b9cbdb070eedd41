using System.Threading.Channels;
using Prometheus;
using Ssl.Ingest.Clips;
using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Audio;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;

namespace Ssl.Ingest;

/// <summary>Works off the messages of its keys in order: clips at once, raw PCM as the next piece of its key's stream.</summary>
sealed class IngestWorker(IngestOptions options, ConsumerLoop consumer, IngestOutput output)
{
    const int Capacity = 4;
    static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(1);

    readonly Channel<ConsumedMessage> waiting = Channel.CreateBounded<ConsumedMessage>(Capacity);
    readonly ClipProcessor clips = new(options.Limits);
    readonly Dictionary<string, PcmStream> streams = new(StringComparer.Ordinal);

    public ValueTask AddAsync(ConsumedMessage message, CancellationToken ct) => waiting.Writer.WriteAsync(message, ct);

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            var next = waiting.Reader.WaitToReadAsync(ct).AsTask();
            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(IdleCheck, ct)) == next)
                {
                    await next;
                    while (waiting.Reader.TryRead(out var message))
                        await WorkAsync(message, ct);
                    next = waiting.Reader.WaitToReadAsync(ct).AsTask();
                }
                await EndIdleStreamsAsync(ct);
            }
        }
        finally
        {
            foreach (var stream in streams.Values)
                stream.Dispose();
        }
    }

    async Task WorkAsync(ConsumedMessage message, CancellationToken ct)
    {
        var type = message.Header(MessageHeaders.ContentType) is { } text ? AudioContentType.Parse(text, out _) : null;
        if (type is { Encoding: not AudioEncoding.Container } && message.Value is { Length: > 0 })
            await StreamAsync(message, type, ct);
        else
            await ClipAsync(message, ct);
    }

    async Task ClipAsync(ConsumedMessage message, CancellationToken ct)
    {
        var (segments, refusal) = Timed(() => clips.Process(message));
        if (refusal is not null)
            await output.RejectAsync(message, refusal, ct);
        else
        {
            await output.SendAsync(segments, ct);
            IngestMetrics.Messages.WithLabels(segments.Count > 0 ? "segmented" : "silent").Inc();
        }
        consumer.Done(message);
    }

    async Task StreamAsync(ConsumedMessage message, AudioContentType type, CancellationToken ct)
    {
        if (streams.TryGetValue(message.KeyText, out var stream) && stream.Type != type)
            await EndAsync(message.KeyText, ct);
        if (!streams.TryGetValue(message.KeyText, out stream))
        {
            if (streams.Count >= options.OpenStreams)
                await EndAsync(streams.MinBy(s => s.Value.LastHeard).Key, ct);
            streams[message.KeyText] = stream = new PcmStream(type);
        }
        await output.SendAsync(Timed(() => stream.Push(message)), ct);
        IngestMetrics.Messages.WithLabels("segmented").Inc();
        foreach (var done in stream.Release(ended: false))
            consumer.Done(done);
    }

    async Task EndIdleStreamsAsync(CancellationToken ct)
    {
        var idle = streams.Where(s => Environment.TickCount64 - s.Value.LastHeard > options.StreamIdle.TotalMilliseconds).Select(s => s.Key).ToArray();
        foreach (var key in idle)
            await EndAsync(key, ct);
    }

    async Task EndAsync(string key, CancellationToken ct)
    {
        streams.Remove(key, out var stream);
        using (stream)
        {
            await output.SendAsync(stream!.End(), ct);
            if (stream.DanglingBytes > 0 && stream.LastMessage is { } last)
                await output.RejectAsync(last, new Refusal(RejectReason.Truncated, $"the stream ended with {stream.DanglingBytes} bytes that are not a whole sample of every channel; all before them was used"), ct);
            foreach (var done in stream.Release(ended: true))
                consumer.Done(done);
        }
    }

    static T Timed<T>(Func<T> work)
    {
        using (IngestMetrics.ProcessingSeconds.NewTimer())
            return work();
    }
}
