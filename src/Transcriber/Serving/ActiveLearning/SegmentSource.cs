using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>
/// Reads <c>audio.segments</c> here and there, in no group. Audio with <c>train-opt-out</c>, or an unclear one, is never read.
/// Thread-safe.
/// </summary>
sealed class SegmentSource(KafkaClients clients)
{
    const int ChunkMessages = 8;
    static readonly double MaxSeconds = DecodeLimits.OfLabel.MaxSeconds; // the tuner takes no longer label

    /// <summary>
    /// A sample of all that the topic retains, in chunks of neighbours, each read when it is asked for: one of each of equally long
    /// stretches, the stretches in random order; everything where there is less.
    /// </summary>
    /// <param name="count">Segments.</param>
    /// <exception cref="Confluent.Kafka.KafkaException">No broker answers.</exception>
    /// <exception cref="TimeoutException">The broker is slow.</exception>
    public IEnumerable<IReadOnlyList<StreamSegment>> Draw(int count, Random random, CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.AudioSegments);
        var chunks = Chunks(topic.Partitions(ct), count, random);
        random.Shuffle(chunks);
        foreach (var chunk in chunks)
            yield return [.. topic.Read(chunk, ct).Select(Read).OfType<StreamSegment>()];
    }

    /// <summary>Those that are still on the topic.</summary>
    /// <inheritdoc cref="Draw"/>
    public IReadOnlyList<StreamSegment> Find(IEnumerable<SegmentId> ids, CancellationToken ct)
    {
        using var topic = new TopicTail(clients, Topics.AudioSegments);
        var held = topic.Partitions(ct).ToDictionary(range => range.Partition);
        var found = new List<StreamSegment>();
        foreach (var id in ids.OrderBy(id => (id.Partition, id.Offset)))
        {
            if (!held.TryGetValue(id.Partition, out var range) || id.Offset < range.First || id.Offset >= range.End)
                continue;
            if (topic.Read(new OffsetRange(id.Partition, id.Offset, id.Offset + 1), ct).FirstOrDefault() is { } message
                && Read(message) is { } segment && segment.Id == id)
                found.Add(segment);
        }
        return found;
    }

    static OffsetRange[] Chunks(IReadOnlyList<OffsetRange> held, int count, Random random)
    {
        var total = held.Sum(range => range.End - range.First);
        var stretch = Math.Max(ChunkMessages, total / Math.Max(1, count / ChunkMessages));
        return [.. held.SelectMany(range => Stretches(range, stretch)).Select(s =>
            s with { First = s.First + random.NextInt64(Math.Max(1, s.End - s.First - ChunkMessages + 1)) })
            .Select(s => s with { End = Math.Min(s.End, s.First + ChunkMessages) })];
    }

    static IEnumerable<OffsetRange> Stretches(OffsetRange range, long length)
    {
        for (var first = range.First; first < range.End; first += length)
            yield return range with { First = first, End = Math.Min(range.End, first + length) };
    }

    static StreamSegment? Read(ConsumedMessage message) =>
        SegmentMessages.TryRead(message, out var segment, out _) && !segment.TrainOptOut && segment.DurationSeconds <= MaxSeconds
            ? new StreamSegment(new SegmentId(message.Partition, message.Offset, AudioId.Of(segment.Samples)), segment.Samples.ToArray())
            : null;
}
