using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>
/// Ids of the segments that have a durable transcript, written by any replica. Reads <c>transcripts</c> when a partition of segments is
/// assigned. Keeps the newest <paramref name="capacity"/> ids. Thread-safe.
/// </summary>
sealed class TranscriptLedger(KafkaClients clients, int capacity)
{
    readonly HashSet<string> written = new(StringComparer.Ordinal);
    readonly Queue<string> order = new();
    readonly Dictionary<int, long> next = []; // by partition of transcripts: the first offset not yet read
    readonly Dictionary<int, int> loaded = []; // by partition of audio.segments: the last assignment for which it was read

    /// <summary>At the first message of an assignment, reads what other members have written since. One caller at a time.</summary>
    /// <exception cref="KafkaException">The broker refuses to have the topic read.</exception>
    public async Task LoadAsync(ConsumedMessage segment, CancellationToken ct)
    {
        if (loaded.GetValueOrDefault(segment.Partition, -1) == segment.Assignment)
            return;
        await clients.AskAsync(Topics.Transcripts, () => Read(ct), ct);
        loaded[segment.Partition] = segment.Assignment;
    }

    public bool Contains(string segmentId)
    {
        lock (written)
            return written.Contains(segmentId);
    }

    /// <summary>Records that the segment's transcript is durable.</summary>
    public void Add(string segmentId)
    {
        lock (written)
        {
            if (!written.Add(segmentId))
                return;
            order.Enqueue(segmentId);
            if (order.Count > capacity)
                written.Remove(order.Dequeue());
        }
    }

    void Read(CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.Transcripts);
        foreach (var held in topic.Partitions(ct))
        {
            var first = Math.Max(held.First, Math.Max(held.End - capacity, next.GetValueOrDefault(held.Partition)));
            foreach (var message in first < held.End ? topic.Read(held with { First = first }, ct) : [])
            {
                if (message.Value is { } value && SegmentId(value) is { } id)
                    Add(id);
            }
            next[held.Partition] = held.End;
        }
    }

    static string? SegmentId(byte[] transcript)
    {
        try
        {
            return JsonSerializer.Deserialize(transcript, ContractJson.Default.Transcript)?.SegmentId;
        }
        catch (JsonException)
        {
            return null; // not written by this service
        }
    }
}
