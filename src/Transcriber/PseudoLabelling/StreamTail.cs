using System.Runtime.InteropServices;
using Confluent.Kafka;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;
using Ssl.Shared.Labels;

namespace Ssl.Transcriber.PseudoLabelling;

/// <summary>The end of <c>audio.segments</c>, read when it is asked for: nothing is kept in between, and nothing is lost by a restart.</summary>
sealed class StreamTail(KafkaClients clients, ILogger<StreamTail> logger)
{
    const int PassMessages = 64;
    const double LongestSegmentSeconds = 30; // as much as a recognizer takes at a time; Ingest makes none over 20
    static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>See <see cref="RecentAudio"/>. A broker that is away, or slow, costs what was not read within a minute.</summary>
    public IReadOnlyList<LabelledUtterance> Read(double seconds, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var found = new Dictionary<string, LabelledUtterance>(StringComparer.Ordinal);
        try
        {
            using var consumer = clients.CreateConsumer($"ssl-stream-tail-{Guid.NewGuid():N}"); // never joined, nothing committed
            ReadBackwards(consumer, seconds, found, limit.Token);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            logger.StreamUnread(e.Error.Reason);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            logger.StreamUnread($"only {found.Count} segments came within {Limit.TotalSeconds:0} s");
        }
        return [.. found.Values];
    }

    /// <summary>The last messages of all partitions, then those before them, until there is enough; what is passed over counts too, or a stream of nothing else would be read to its beginning.</summary>
    static void ReadBackwards(IConsumer<byte[]?, byte[]?> consumer, double seconds, Dictionary<string, LabelledUtterance> found, CancellationToken ct)
    {
        var unread = Partitions(consumer, ct);
        for (var read = 0.0; unread.Count > 0 && read < seconds;)
        {
            var chunk = Math.Max(1, PassMessages / unread.Count);
            foreach (var (partition, first, end) in unread)
                read += Read(consumer, partition, Math.Max(first, end - chunk), end, found, ct);
            unread = [.. unread.Select(u => u with { End = u.End - chunk }).Where(u => u.End > u.First)];
        }
    }

    static List<(TopicPartition Partition, long First, long End)> Partitions(IConsumer<byte[]?, byte[]?> consumer, CancellationToken ct)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var found = new List<(TopicPartition, long, long)>();
        foreach (var partition in admin.GetMetadata(Topics.AudioSegments, BrokerLimit).Topics.Single(t => t.Topic == Topics.AudioSegments).Partitions)
        {
            ct.ThrowIfCancellationRequested();
            var own = new TopicPartition(Topics.AudioSegments, partition.PartitionId);
            var offsets = consumer.QueryWatermarkOffsets(own, BrokerLimit);
            if (offsets.High.Value > offsets.Low.Value)
                found.Add((own, offsets.Low.Value, offsets.High.Value));
        }
        return found;
    }

    /// <returns>Seconds of audio that were read.</returns>
    static double Read(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, long begin, long end, Dictionary<string, LabelledUtterance> found, CancellationToken ct)
    {
        var seconds = 0.0;
        consumer.Assign(new TopicPartitionOffset(partition, begin));
        for (var next = begin; next < end;)
        {
            ct.ThrowIfCancellationRequested();
            if (consumer.Consume(PollLimit) is not { } result)
                continue; // until the limit
            if (result.Offset.Value >= end)
                break; // between lay a gap
            next = result.Offset.Value + 1;
            if (!SegmentMessages.TryRead(ConsumedMessage.From(result), out var segment, out _))
                continue;
            seconds += segment.DurationSeconds;
            if (!segment.TrainOptOut && segment.DurationSeconds <= LongestSegmentSeconds)
                found.TryAdd(segment.Id, new LabelledUtterance(segment.Id, "", MemoryMarshal.Cast<byte, short>(segment.Pcm.Span).ToArray()));
        }
        return seconds;
    }
}
