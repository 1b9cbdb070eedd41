using System.Runtime.InteropServices;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>The end of <c>audio.segments</c>, read when it is asked for: nothing is kept in between, and nothing is lost by a restart.</summary>
sealed class StreamTail(KafkaClients clients, TimeProvider clock, ILogger<StreamTail> logger)
{
    const int PassMessages = 64;
    const double LongestSegmentSeconds = 30; // as much as a recognizer takes at a time; Ingest makes none over 20
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>See <see cref="RecentAudio"/>. A broker that is away, or slow, costs what was not read within a minute.</summary>
    public IReadOnlyList<Utterance> Read(double seconds, CancellationToken ct)
    {
        var found = new Dictionary<string, Utterance>(StringComparer.Ordinal);
        try
        {
            ReadBackwards(seconds, found, ct);
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            logger.StreamUnread(found.Count, e.Message);
        }
        return [.. found.Values];
    }

    /// <summary>The last messages of all partitions, then those before them, until there is enough; what is passed over counts too, or a stream of nothing else would be read to its beginning.</summary>
    void ReadBackwards(double seconds, Dictionary<string, Utterance> found, CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.AudioSegments);
        var (started, unread) = (clock.GetTimestamp(), topic.Partitions(ct));
        for (var read = 0.0; unread.Count > 0 && read < seconds;)
        {
            var chunk = Math.Max(1, PassMessages / unread.Count);
            foreach (var message in unread.SelectMany(held => topic.Read(held with { First = Math.Max(held.First, held.End - chunk) }, ct)))
            {
                if (clock.GetElapsedTime(started) > Limit)
                    throw new TimeoutException($"it took over {Limit.TotalSeconds:0} s");
                if (!SegmentMessages.TryRead(message, out var segment, out _))
                    continue;
                read += segment.DurationSeconds;
                if (!segment.TrainOptOut && segment.DurationSeconds <= LongestSegmentSeconds)
                    found.TryAdd(segment.Id, new Utterance(segment.Id, MemoryMarshal.Cast<byte, short>(segment.Pcm.Span).ToArray()));
            }
            unread = [.. unread.Select(held => held with { End = held.End - chunk }).Where(held => held.End > held.First)];
        }
    }
}
