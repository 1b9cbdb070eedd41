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

/// <summary>Reads <c>audio.segments</c>, has each segment transcribed when no request waits, and writes <c>transcripts</c>: each segment once.</summary>
sealed class StreamService(
    KafkaClients clients, ServingSlot slot, AudioTranscription transcription, StreamOptions options, LoopHeartbeat heartbeat, IHostApplicationLifetime lifetime, ILogger<StreamService> logger)
    : HostedLoop(lifetime, logger)
{
    static readonly TimeSpan QueueRetry = TimeSpan.FromMilliseconds(50);

    readonly RememberedIds written = new(options.RememberedIds);

    protected override async Task RunAsync(CancellationToken ct)
    {
        if (!options.Enabled)
            return;
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        foreach (var id in await Task.Run(() => TranscriptHistory.ReadIds(clients, options.RememberedIds, ct), ct))
            written.Add(id);
        await using var loop = new ConsumerLoop(clients, ConsumerGroups.Transcriber, Topics.AudioSegments, new ConsumerLoopOptions(), heartbeat, logger);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var inFlight = new Queue<Task>();
        try
        {
            await foreach (var message in loop.ReadAllAsync(failing.Token))
            {
                inFlight.Enqueue(WatchedAsync(await StartAsync(loop, message, failing.Token), failing));
                while (inFlight.Count >= options.InFlight || inFlight.TryPeek(out var oldest) && oldest.IsCompleted)
                    await inFlight.Dequeue();
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await Task.WhenAll(inFlight); // one of them says why
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

    /// <summary>Begins the work on one message; what comes back completes when its transcript is durable.</summary>
    async Task<Task> StartAsync(ConsumerLoop loop, ConsumedMessage message, CancellationToken ct)
    {
        if (!SegmentMessages.TryRead(message, out var segment, out var reason))
        {
            logger.MessageUnreadable(message.Topic, message.Offset, reason);
            return Passed(loop, message, "unreadable");
        }
        if (!slot.IsFilled && options.BeforeFirstModel == BeforeFirstModel.Skip)
            return Passed(loop, message, "skipped");
        if (!written.Add(segment.Id))
            return Passed(loop, message, "repeated");
        await slot.Filled.WaitAsync(ct);
        return TranscribeAsync(loop, message, segment, ct);
    }

    static Task Passed(ConsumerLoop loop, ConsumedMessage message, string result)
    {
        loop.Done(message);
        ServingMetrics.Segment(result);
        return Task.CompletedTask;
    }

    async Task TranscribeAsync(ConsumerLoop loop, ConsumedMessage message, AudioSegment segment, CancellationToken ct)
    {
        using var lease = slot.TryLease() ?? throw new OperationCanceledException("the service is stopping");
        var samples = MemoryMarshal.Cast<byte, short>(segment.Pcm.Span).ToArray();
        Task<Transcription>? heard;
        while ((heard = transcription.TryStart(lease.Model, samples, TranscriptionPriority.Stream, ct)) is null)
            await Task.Delay(QueueRetry, ct);
        var value = JsonSerializer.SerializeToUtf8Bytes(Transcript(segment, await heard, lease.Model), ContractJson.Default.Transcript);
        await clients.Producer.ProduceAsync(Topics.Transcripts, new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(segment.StreamId), Value = value }, ct);
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
