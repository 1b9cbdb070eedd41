using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest.Delivery;

/// <summary>Sends segments and dead letters (<c>audio.raw.dlq</c>); returns when they are durable. Thread-safe.</summary>
sealed class IngestOutput(KafkaClients clients, ILogger<IngestOutput> logger) : IDisposable
{
    readonly DownstreamPacer segments = new(clients, Topics.AudioSegments, [ConsumerGroups.Learner, ConsumerGroups.Transcriber]);

    public async Task SendAsync(IReadOnlyList<AudioSegment> cut, CancellationToken ct)
    {
        await Task.WhenAll(cut.Select(segment => segments.ProduceAsync(SegmentMessages.ToMessage(segment), ct)));
        IngestMetrics.Segments.Inc(cut.Count);
        IngestMetrics.AudioSeconds.Inc(cut.Sum(s => s.DurationSeconds));
    }

    public async Task RejectAsync(ConsumedMessage message, Refusal refusal, CancellationToken ct)
    {
        var headers = new Headers();
        foreach (var header in message.Headers)
            headers.Add(header.Key, header.GetValueBytes());
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        Add(MessageHeaders.FailureReason, $"{refusal.Reason.Label()}: {refusal.Detail}");
        Add(MessageHeaders.FailedAttempts, "1");
        Add(MessageHeaders.SourceTopic, message.Topic);
        Add(MessageHeaders.SourcePartition, message.Partition.ToString(CultureInfo.InvariantCulture));
        Add(MessageHeaders.SourceOffset, message.Offset.ToString(CultureInfo.InvariantCulture));
        Add(MessageHeaders.SourceTimestamp, message.Timestamp.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        await SendLetterAsync(new Message<byte[]?, byte[]?> { Key = message.Key, Value = message.Value, Headers = headers }, ct);
        IngestMetrics.Rejected.WithLabels(refusal.Reason.Label()).Inc();
        IngestMetrics.Messages.WithLabels("rejected").Inc();
        Log.Rejected(logger, message.Topic, message.Partition, message.Offset, refusal.Reason.Label(), refusal.Detail);
    }

    public void Dispose() => segments.Dispose();

    /// <summary>
    /// A dead letter that its headers make too large goes without its bytes: refused, it would stop the service at each start.
    /// </summary>
    async Task SendLetterAsync(Message<byte[]?, byte[]?> letter, CancellationToken ct)
    {
        try
        {
            await clients.Producer.ProduceAsync(Topics.AudioRawDeadLetters, letter, ct);
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.MsgSizeTooLarge && letter.Value is not null)
        {
            letter.Value = null;
            await clients.Producer.ProduceAsync(Topics.AudioRawDeadLetters, letter, ct);
        }
    }
}
