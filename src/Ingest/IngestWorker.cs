using System.Threading.Channels;
using Ssl.Ingest.Clips;
using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest;

/// <summary>Works off the messages of its keys in order: clips at once, raw PCM as the next piece of its key's stream.</summary>
sealed class IngestWorker(ClipProcessor clips, OpenStreams streams, ConsumerLoop consumer, IngestOutput output, FeedGate gate, TimeProvider clock)
{
    const int Capacity = 4;
    static readonly TimeSpan IdleCheck = TimeSpan.FromSeconds(0.5);

    readonly Channel<ConsumedMessage> waiting = Channel.CreateBounded<ConsumedMessage>(Capacity);

    public ValueTask AddAsync(ConsumedMessage message, CancellationToken ct) =>
        waiting.Writer.TryWrite(message) ? ValueTask.CompletedTask : gate.HoldAsync(waiting.Writer.WriteAsync(message, ct));

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(IdleCheck, clock);
        var (arrival, tick) = (waiting.Reader.WaitToReadAsync(ct).AsTask(), timer.WaitForNextTickAsync(ct).AsTask());
        while (true)
        {
            await await Task.WhenAny(arrival, tick);
            while (waiting.Reader.TryRead(out var message))
                await WorkAsync(message, ct);
            if (arrival.IsCompleted)
                arrival = waiting.Reader.WaitToReadAsync(ct).AsTask();
            if (tick.IsCompleted)
            {
                await streams.EndIdleAsync(gate.FlowingFor, ct);
                tick = timer.WaitForNextTickAsync(ct).AsTask();
            }
        }
    }

    async Task WorkAsync(ConsumedMessage message, CancellationToken ct)
    {
        // Without a key there is no stream to belong to, and what is no sample must not get into one: the decoder says so.
        if (message is { Key.Length: > 0, Value.Length: > 0 } && RawTypeOf(message) is { } type && RawPcm.Refuse(message.Value) is null)
            IngestMetrics.Messages.WithLabels(await streams.AddAsync(message, type, ct) ? "segmented" : "repeated").Inc();
        else
            await ClipAsync(message, ct);
    }

    async Task ClipAsync(ConsumedMessage message, CancellationToken ct)
    {
        var (segments, refusal) = IngestMetrics.Timed(() => clips.Process(message));
        if (refusal is not null)
            await output.RejectAsync(message, refusal, ct);
        else
        {
            await output.SendAsync(segments, ct);
            IngestMetrics.Messages.WithLabels(segments.Count > 0 ? "segmented" : "silent").Inc();
        }
        consumer.Done(message);
    }

    static AudioContentType? RawTypeOf(ConsumedMessage message) =>
        message.Header(MessageHeaders.ContentType) is { } text && AudioContentType.Parse(text, out _) is { Encoding: not AudioEncoding.Container } type ? type : null;
}
