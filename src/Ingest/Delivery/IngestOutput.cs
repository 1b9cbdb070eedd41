using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Delivery;

/// <summary>Sends segments and dead letters (<c>audio.raw.dlq</c>); returns when they are durable. Thread-safe.</summary>
sealed class IngestOutput(KafkaClients clients, ILogger<IngestOutput> logger) : IDisposable
{
    readonly DownstreamPacer segments = new(clients, Topics.AudioSegments, [ConsumerGroups.Learner, ConsumerGroups.Transcriber]);
    readonly DeadLetters letters = new(clients, Topics.AudioRawDeadLetters, ConsumerGroups.Ingest, logger);

    public async Task SendAsync(IReadOnlyList<AudioSegment> cut, CancellationToken ct)
    {
        await Task.WhenAll(cut.Select(segment => segments.ProduceAsync(SegmentMessages.ToMessage(segment), ct)));
        IngestMetrics.Segments.Inc(cut.Count);
        IngestMetrics.AudioSeconds.Inc(cut.Sum(s => s.DurationSeconds));
    }

    public async Task RejectAsync(ConsumedMessage message, Refusal refusal, CancellationToken ct)
    {
        await letters.SendAsync(message, refusal.Label, refusal.Detail, refusal.Attempts, ct);
        IngestMetrics.Rejected.WithLabels(refusal.Label).Inc();
        IngestMetrics.Messages.WithLabels("rejected").Inc();
    }

    public void Dispose() => segments.Dispose();
}
