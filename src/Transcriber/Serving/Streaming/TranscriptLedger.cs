using System.Text.Json;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>
/// Which segments have a durable transcript, written by any replica: read from <c>transcripts</c> when a partition of segments is assigned,
/// then kept current. Remembers the newest <paramref name="capacity"/> segment ids. Thread-safe.
/// </summary>
sealed class TranscriptLedger(KafkaClients clients, int capacity, TimeProvider clock)
{
    static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(1);
    static readonly TimeSpan LoadRetry = TimeSpan.FromSeconds(1);

    readonly HashSet<string> written = new(StringComparer.Ordinal);
    readonly Queue<string> order = new();
    readonly Dictionary<int, long> next = []; // partition of transcripts to the first offset that was not read
    readonly Dictionary<int, int> loaded = []; // partition of audio.segments to the assignment for which it was read

    /// <summary>
    /// Before the first message of an assignment: reads what other members wrote since the last time. One caller at a time.
    /// </summary>
    /// <exception cref="KafkaException">The topic cannot be read, for longer than a minute.</exception>
    /// <exception cref="TimeoutException">Likewise: the broker does not answer.</exception>
    public async Task LoadAsync(ConsumedMessage segment, CancellationToken ct)
    {
        if (loaded.GetValueOrDefault(segment.Partition, -1) == segment.Assignment)
            return;
        for (var started = clock.GetTimestamp(); ;)
        {
            try
            {
                await Task.Run(() => Read(ct), ct);
                loaded[segment.Partition] = segment.Assignment;
                return;
            }
            catch (Exception e) when (IsPassing(e) && clock.GetElapsedTime(started) < LoadLimit)
            {
                await Task.Delay(LoadRetry, clock, ct);
            }
        }
    }

    public bool Contains(string segmentId)
    {
        lock (written)
            return written.Contains(segmentId);
    }

    /// <summary>The segment's transcript is durable.</summary>
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

    static bool IsPassing(Exception e) => e is KafkaException { Error.IsFatal: false } or TimeoutException;

    static string? SegmentId(byte[] transcript)
    {
        try
        {
            return JsonSerializer.Deserialize(transcript, ContractJson.Default.Transcript)?.SegmentId;
        }
        catch (JsonException)
        {
            return null; // written by somebody else
        }
    }
}
