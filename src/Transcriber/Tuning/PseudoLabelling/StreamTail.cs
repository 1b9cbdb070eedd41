using System.Runtime.InteropServices;
using Confluent.Kafka;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>Reads the end of <c>audio.segments</c> at each call; keeps no state that a restart could lose.</summary>
sealed class StreamTail(KafkaClients clients, PseudoLabelOptions options, TimeProvider clock, ILogger<StreamTail> logger)
{
    const int PassMessages = 64;
    const double MaxSegmentSeconds = 30; // a recognizer takes no more; Ingest makes none over 20 s
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>A <see cref="RecentAudio"/>; if the broker is away or slow, what was read within a minute.</summary>
    public IReadOnlyList<Utterance> Read(CancellationToken ct)
    {
        var found = new Dictionary<string, Utterance>(StringComparer.Ordinal);
        try
        {
            ReadBackwards(found, ct);
        }
        catch (Exception e) when (e is KafkaException { Error.IsFatal: false } or TimeoutException)
        {
            logger.StreamUnread(found.Count, e.Message);
        }
        return [.. found.Values];
    }

    /// <summary>
    /// Reads the last messages of all partitions, then those before them. Skipped audio counts too, or a stream of only such audio would be
    /// read to its beginning.
    /// </summary>
    void ReadBackwards(Dictionary<string, Utterance> found, CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.AudioSegments);
        var (started, unread) = (clock.GetTimestamp(), topic.Partitions(ct));
        for (var read = 0.0; unread.Count > 0 && read < options.MaxAudioSeconds;)
        {
            var chunk = Math.Max(1, PassMessages / unread.Count);
            foreach (var message in unread.SelectMany(held => topic.Read(held with { First = Math.Max(held.First, held.End - chunk) }, ct)))
            {
                if (clock.GetElapsedTime(started) > Limit)
                    throw new TimeoutException($"it took over {Limit.TotalSeconds:0} s");
                if (!SegmentMessages.TryRead(message, out var segment, out _))
                    continue;
                read += segment.DurationSeconds;
                if (!segment.TrainOptOut && segment.DurationSeconds <= MaxSegmentSeconds)
                    found.TryAdd(segment.Id, new Utterance(segment.Id, MemoryMarshal.Cast<byte, short>(segment.Pcm.Span).ToArray()));
            }
            unread = [.. unread.Select(held => held with { End = held.End - chunk }).Where(held => held.End > held.First)];
        }
    }
}

/// <summary>Reads the latest unlabelled recordings that may enter training, each once.</summary>
delegate IReadOnlyList<Utterance> RecentAudio(CancellationToken ct);
