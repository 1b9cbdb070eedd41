using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>
/// Transcribes <c>audio.segments</c> when no request waits, and writes <c>transcripts</c>. Replicas share the partitions. Delivery is at
/// least once; segments with a durable transcript are skipped (<see cref="TranscriptLedger"/>), so a transcript is written twice only if a
/// member loses its session during the write.
/// </summary>
sealed class StreamService(
    KafkaClients clients, ServingSlot slot, AudioTranscription transcription, StreamOptions options, LoopHeartbeat heartbeat,
    IHostApplicationLifetime lifetime, ILogger<StreamService> logger) : HostedLoop(lifetime, logger)
{
    const int MaxInFlight = 8; // segments
    const int RememberedIds = 50_000;
    static readonly TimeSpan QueueRetry = TimeSpan.FromMilliseconds(50);

    readonly TranscriptLedger ledger = new(clients, RememberedIds);
    readonly PendingWrites writes = new();
    readonly SemaphoreSlim retrying = new(1, 1);
    readonly DeadLetters letters = new(clients, Topics.AudioSegmentsDeadLetters, ConsumerGroups.Transcriber, logger);
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
                while (order.Count >= MaxInFlight || order.TryPeek(out var oldest) && oldest.IsCompleted)
                    await order.Dequeue();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await Task.WhenAll(order); // throws the failure
            throw;
        }
    }

    /// <summary>A failure stops the reading at once, not only at the next message.</summary>
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

    /// <summary>Starts the work on one message; the inner task completes when its transcript is durable.</summary>
    async Task<Task> StartAsync(ConsumerLoop loop, ConsumedMessage message, CancellationToken ct)
    {
        if (!SegmentMessages.TryRead(message, out var segment, out var reason))
        {
            await letters.SendAsync(message, "unreadable", reason, 1, ct);
            return Pass(loop, message, "unreadable");
        }
        if (!slot.IsFilled && options.BeforeFirstModel == BeforeFirstModel.Skip)
            return Pass(loop, message, "skipped");
        await ledger.LoadAsync(message, ct);
        await slot.Filled.WaitAsync(ct);
        foreach (var (id, _) in inFlight.Where(f => f.Value.IsCompleted).ToArray())
            inFlight.Remove(id);
        return inFlight[segment.Id] = TranscribeOrRejectAsync(loop, message, segment, inFlight.GetValueOrDefault(segment.Id), ct);
    }

    static Task Pass(ConsumerLoop loop, ConsumedMessage message, string result)
    {
        loop.Done(message);
        ServingMetrics.Segments.WithLabels(result).Inc();
        return Task.CompletedTask;
    }

    /// <summary>A segment that fails three times goes to the dead letters.</summary>
    /// <param name="before">Transcription of an earlier delivery of the segment; this one is a repetition only if that succeeds.</param>
    async Task TranscribeOrRejectAsync(
        ConsumerLoop loop, ConsumedMessage message, AudioSegment segment, Task? before, CancellationToken ct)
    {
        await (before ?? Task.CompletedTask);
        var tried = false;
        var failure = await Attempts.RunAsync(
            async () =>
            {
                if (tried) // one at a time: a segment that fails takes its batch with it
                    await retrying.WaitAsync(ct);
                try
                {
                    await TranscribeAsync(loop, message, segment, ct);
                }
                finally
                {
                    if (tried)
                        retrying.Release();
                    tried = true;
                }
            },
            ct, isOutside: e => e is OperationCanceledException); // the queue closes when the service stops
        if (failure is null)
            return;
        await letters.SendFailedAsync(message, failure, ct);
        await Pass(loop, message, "failed");
    }

    async Task TranscribeAsync(ConsumerLoop loop, ConsumedMessage message, AudioSegment segment, CancellationToken ct)
    {
        if (ledger.Contains(segment.Id))
        {
            await Pass(loop, message, "repeated");
            return;
        }
        using var span = Traces.Consume(message);
        using var lease = slot.TryLease() ?? throw new OperationCanceledException("the service is stopping");
        var samples = segment.Samples.ToArray();
        RunningTranscription? started;
        while ((started = transcription.TryStart(lease.Model, samples, TranscriptionPriority.Stream, ct)) is null)
            await Task.Delay(QueueRetry, ct);
        await using var running = started;
        var value = JsonSerializer.SerializeToUtf8Bytes(Transcript(segment, await running.WholeAsync(), lease.Model),
            ContractJson.Default.Transcript);
        if (!writes.TryBegin(loop, message))
        {
            ServingMetrics.Segments.WithLabels("reassigned").Inc();
            return; // the partition's next member transcribes the segment
        }
        try
        {
            span?.SetTag("ssl.recognizer", lease.Model.Number);
            var transcript = new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(segment.StreamId), Value = value, Headers = [] };
            if (Traces.ParentAfter(message) is { } parent)
                transcript.Headers.Add(MessageHeaders.TraceParent, Encoding.UTF8.GetBytes(parent));
            await clients.DeliverAsync(Topics.Transcripts, transcript, ct);
            ledger.Add(segment.Id);
        }
        finally
        {
            writes.End(message);
        }
        await Pass(loop, message, "transcribed");
    }

    static Transcript Transcript(AudioSegment segment, Transcription result, ServingModel model) => new()
    {
        SegmentId = segment.Id,
        StreamId = segment.StreamId,
        Text = result.Text,
        DurationSeconds = segment.DurationSeconds,
        Words = result.Words,
        RecognizerNumber = model.Number,
        EncoderNumber = model.EncoderNumber,
        Time = segment.Time,
    };
}
