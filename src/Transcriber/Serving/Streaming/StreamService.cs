using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>
/// Reads <c>audio.segments</c>, has each segment transcribed when no request waits, and writes <c>transcripts</c>. Replicas share the
/// partitions. Delivery is at least once; a segment whose transcript is durable is skipped (<see cref="TranscriptLedger"/>), so a
/// transcript is written twice only if a member lost its session in the middle of the write.
/// </summary>
sealed class StreamService(
    KafkaClients clients, ServingSlot slot, AudioTranscription transcription, StreamOptions options, LoopHeartbeat heartbeat,
    TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<StreamService> logger) : HostedLoop(lifetime, logger)
{
    static readonly TimeSpan QueueRetry = TimeSpan.FromMilliseconds(50);

    readonly TranscriptLedger ledger = new(clients, options.RememberedIds, clock);
    readonly PendingWrites writes = new();
    readonly Dictionary<string, Task> inFlight = new(StringComparer.Ordinal); // by segment id; used by the reading loop alone

    protected override async Task RunAsync(CancellationToken ct)
    {
        if (!options.Enabled)
            return;
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        var reading = new ConsumerLoopOptions { Revoked = writes.Await };
        await using var loop = new ConsumerLoop(clients, ConsumerGroups.Transcriber, Topics.AudioSegments, reading, heartbeat, logger);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var order = new Queue<Task>();
        try
        {
            await foreach (var message in loop.ReadAllAsync(failing.Token))
            {
                order.Enqueue(WatchedAsync(await StartAsync(loop, message, failing.Token), failing));
                while (order.Count >= options.InFlight || order.TryPeek(out var oldest) && oldest.IsCompleted)
                    await order.Dequeue();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await Task.WhenAll(order); // one of them says why
            throw;
        }
    }

    /// <summary>A failure ends the reading at once, not when the next message comes.</summary>
    static async Task WatchedAsync(Task work, CancellationTokenSource failing)
    {
        try
        {
            await work;
        }
        catch
        {
            await failing.CancelAsync();
            throw;
        }
    }

    /// <summary>Begins the work on one message; the result completes when its transcript is durable.</summary>
    async Task<Task> StartAsync(ConsumerLoop loop, ConsumedMessage message, CancellationToken ct)
    {
        if (!SegmentMessages.TryRead(message, out var segment, out var reason))
        {
            logger.MessageUnreadable(message.Topic, message.Offset, reason);
            return Passed(loop, message, "unreadable");
        }
        if (!slot.IsFilled && options.BeforeFirstModel == BeforeFirstModel.Skip)
            return Passed(loop, message, "skipped");
        await ledger.LoadAsync(message, ct);
        await slot.Filled.WaitAsync(ct);
        foreach (var (id, _) in inFlight.Where(f => f.Value.IsCompleted).ToArray())
            inFlight.Remove(id);
        return inFlight[segment.Id] = TranscribeOnceAsync(loop, message, segment, inFlight.GetValueOrDefault(segment.Id), ct);
    }

    static Task Passed(ConsumerLoop loop, ConsumedMessage message, string result)
    {
        loop.Done(message);
        ServingMetrics.Segment(result);
        return Task.CompletedTask;
    }

    /// <param name="before">An earlier delivery of the same segment that is still in work; only its success makes this one a
    /// repetition.</param>
    async Task TranscribeOnceAsync(ConsumerLoop loop, ConsumedMessage message, AudioSegment segment, Task? before, CancellationToken ct)
    {
        if (before is not null)
            await before;
        await (ledger.Contains(segment.Id) ? Passed(loop, message, "repeated") : TranscribeAsync(loop, message, segment, ct));
    }

    async Task TranscribeAsync(ConsumerLoop loop, ConsumedMessage message, AudioSegment segment, CancellationToken ct)
    {
        using var lease = slot.TryLease() ?? throw new OperationCanceledException("the service is stopping");
        var samples = MemoryMarshal.Cast<byte, short>(segment.Pcm.Span).ToArray();
        Task<Transcription>? heard;
        while ((heard = transcription.TryStart(lease.Model, samples, TranscriptionPriority.Stream, ct)) is null)
            await Task.Delay(QueueRetry, ct);
        var value = JsonSerializer.SerializeToUtf8Bytes(Transcript(segment, await heard, lease.Model), ContractJson.Default.Transcript);
        if (!writes.TryBegin(loop, message))
        {
            ServingMetrics.Segment("reassigned");
            return; // another member has the partition, reads the segment again and writes it
        }
        try
        {
            var transcript = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(segment.StreamId), Value = value };
            await clients.Producer.ProduceAsync(Topics.Transcripts, transcript, ct);
            ledger.Add(segment.Id);
        }
        finally
        {
            writes.End(message);
        }
        loop.Done(message);
        ServingMetrics.Segment("transcribed");
    }

    static Transcript Transcript(AudioSegment segment, Transcription heard, ServingModel model) => new()
    {
        SegmentId = segment.Id,
        StreamId = segment.StreamId,
        Text = heard.Text,
        DurationSeconds = segment.DurationSeconds,
        Words = heard.Words,
        RecognizerNumber = model.Number,
        EncoderNumber = model.EncoderNumber,
        Time = segment.Time,
    };
}
