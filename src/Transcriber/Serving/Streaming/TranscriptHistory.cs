using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>The end of <c>transcripts</c>, read at the start: a segment whose transcript was written, but whose offset was not yet committed, is not written again.</summary>
static class TranscriptHistory
{
    /// <summary>Ids of the segments behind the last <paramref name="most"/> transcripts of each partition; what cannot be read is left out.</summary>
    public static IReadOnlyList<string> ReadIds(KafkaClients clients, int most, CancellationToken ct)
    {
        var ids = new List<string>();
        using var topic = new TopicTail(clients, Topics.Transcripts);
        try
        {
            foreach (var message in topic.Partitions(ct).SelectMany(held => topic.Read(held with { First = Math.Max(held.First, held.End - most) }, ct)))
            {
                if (message.Value is { } value && Id(value) is { } id)
                    ids.Add(id);
            }
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            // No topic or no broker yet: nothing was written that could be repeated.
        }
        return ids;
    }

    static string? Id(byte[] value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, ContractJson.Default.Transcript)?.SegmentId;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
