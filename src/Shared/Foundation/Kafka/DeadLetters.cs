using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Prometheus;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Sends messages that cannot be handled to a topic of dead letters: key, bytes and headers as they were, the reason, and where the message
/// was first read. Thread-safe.
/// </summary>
/// <param name="group">Consumer group that cannot handle them.</param>
public sealed class DeadLetters(KafkaClients clients, string topic, string group, ILogger logger)
{
    /// <summary>The reason of a message at which every attempt ended in an exception.</summary>
    public const string Failed = "failed";

    const int MaxReasonChars = 1_000;

    /// <summary>Headers that a dead letter adds to those of its message and that name its failure.</summary>
    static readonly string[] OfFailure =
        [MessageHeaders.FailureReason, MessageHeaders.FailedAttempts, MessageHeaders.FailedConsumer];

    static readonly string[] OfOrigin =
        [MessageHeaders.SourceTopic, MessageHeaders.SourcePartition, MessageHeaders.SourceOffset, MessageHeaders.SourceTimestamp];

    readonly Counter.Child sent = KafkaMetrics.DeadLettersOf(topic);

    /// <summary>
    /// Returns when it is durable. A letter that its headers make too large is sent without its bytes, then without the message's headers
    /// and key. Where the broker refuses the topic the message is logged and passed over: it is still at its source.
    /// </summary>
    /// <param name="reason">A fixed label, snake_case, by which letters are filtered.</param>
    public async Task SendAsync(ConsumedMessage message, string reason, string detail, int attempts, CancellationToken ct)
    {
        var added = Added(message, $"{reason}: {detail}", attempts);
        var all = Copy(message.Headers, except: [.. OfFailure, .. OfOrigin]);
        foreach (var header in added)
            all.Add(header);
        Message<byte[]?, byte[]?>[] versions =
        [
            new() { Key = message.Key, Value = message.Value, Headers = all },
            new() { Key = message.Key, Headers = all },
            new() { Headers = added },
        ];
        foreach (var letter in versions)
        {
            try
            {
                await clients.DeliverAsync(topic, letter, ct);
                sent.Inc();
                Log.ToDeadLetters(logger, message.Topic, message.Partition, message.Offset, topic, $"{reason}: {detail}");
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (Attempts.IsOfRecord(e.Error.Code) && letter != versions[^1])
            {
                // smaller
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (!e.Error.IsFatal)
            {
                KafkaMetrics.PassedOver.WithLabels(message.Topic).Inc();
                Log.LetterRefused(logger, message.Topic, message.Partition, message.Offset, topic, e.Error.Reason);
                return;
            }
        }
    }

    /// <summary>A message at which every attempt ended in an exception.</summary>
    public Task SendFailedAsync(ConsumedMessage message, Exception failure, CancellationToken ct) =>
        SendAsync(message, Failed, DetailOf(failure), Attempts.Max, ct);

    public static string DetailOf(Exception failure) => $"{failure.GetType().Name}: {failure.Message}";

    /// <summary>A dead letter as the message that it was. It keeps its origin and counts its failures on.</summary>
    public static Message<byte[]?, byte[]?> Replayed(ConsumedMessage letter) => new()
    {
        Key = letter.Key,
        Value = letter.Value,
        Headers = Copy(letter.Headers, except: [MessageHeaders.FailureReason, MessageHeaders.FailedConsumer]),
    };

    Headers Added(ConsumedMessage message, string reason, int attempts)
    {
        var before = int.TryParse(message.Header(MessageHeaders.FailedAttempts), CultureInfo.InvariantCulture, out var count) ? count : 0;
        string[] failure = [reason[..Math.Min(reason.Length, MaxReasonChars)], Text(Math.Max(0, before) + attempts), group];
        var (source, partition, offset) = message.Origin;
        string[] origin =
            [source, Text(partition), Text(offset), message.Header(MessageHeaders.SourceTimestamp) ?? Text(message.TimestampMs)];
        var headers = new Headers();
        foreach (var (name, value) in OfFailure.Concat(OfOrigin).Zip([.. failure, .. origin]))
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }

    static Headers Copy(Headers headers, string[] except)
    {
        var copied = new Headers();
        foreach (var header in headers.Where(h => h.Key is not null && !except.Any(name => HeaderText.IsNamed(h.Key, name))))
            copied.Add(header.Key, header.GetValueBytes());
        return copied;
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
