using System.Runtime.InteropServices;
using Confluent.Kafka;
using Ssl.Shared.Contracts;
using Ssl.Shared.Kafka;
using Ssl.Shared.Labels;

namespace Ssl.Transcriber.PseudoLabelling;

/// <summary>The end of <c>audio.segments</c>, read when it is asked for: nothing is kept in between, and nothing is lost by a restart.</summary>
sealed class StreamTail(KafkaClients clients, TimeProvider clock, ILogger<StreamTail> logger)
{
    const int ChunkMessages = 64;
    static readonly TimeSpan BrokerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>See <see cref="RecentAudio"/>. A broker that is away, or slow, costs what was not read by then.</summary>
    public IReadOnlyList<LabelledUtterance> Read(double seconds, CancellationToken ct)
    {
        var found = new Dictionary<string, LabelledUtterance>(StringComparer.Ordinal);
        try
        {
            using var consumer = clients.CreateConsumer($"ssl-stream-tail-{Guid.NewGuid():N}"); // never joined, nothing committed
            ReadBackwards(consumer, seconds, found, ct);
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            logger.StreamUnread(e.Error.Reason);
        }
        return [.. found.Values];
    }

    /// <summary>The last messages of each partition, then those before them, until there is enough.</summary>
    void ReadBackwards(IConsumer<byte[]?, byte[]?> consumer, double seconds, Dictionary<string, LabelledUtterance> found, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var unread = Partitions(consumer);
        var missing = seconds;
        while (unread.Count > 0)
        {
            for (var i = unread.Count - 1; i >= 0; i--)
            {
                if (missing <= 0 || clock.GetElapsedTime(started) > Limit)
                    return;
                var (partition, first, end) = unread[i];
                var begin = Math.Max(first, end - ChunkMessages);
                missing -= Read(consumer, partition, begin, end, found, ct);
                if (begin > first)
                    unread[i] = (partition, first, begin);
                else
                    unread.RemoveAt(i);
            }
        }
    }

    static List<(TopicPartition Partition, long First, long End)> Partitions(IConsumer<byte[]?, byte[]?> consumer)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(Topics.AudioSegments, BrokerLimit).Topics.Single(t => t.Topic == Topics.AudioSegments).Partitions;
        return [.. partitions.Select(p => new TopicPartition(Topics.AudioSegments, p.PartitionId)).Select(p => (p, consumer.QueryWatermarkOffsets(p, BrokerLimit))).Select(p => (p.p, p.Item2.Low.Value, p.Item2.High.Value)).Where(p => p.Item3 > p.Item2)];
    }

    /// <returns>Seconds of audio that are new.</returns>
    static double Read(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, long begin, long end, Dictionary<string, LabelledUtterance> found, CancellationToken ct)
    {
        var seconds = 0.0;
        consumer.Assign(new TopicPartitionOffset(partition, begin));
        for (var next = begin; next < end;)
        {
            ct.ThrowIfCancellationRequested();
            if (consumer.Consume(PollLimit) is not { } result || result.Offset.Value >= end)
                break;
            next = result.Offset.Value + 1;
            if (SegmentMessages.TryRead(ConsumedMessage.From(result), out var segment, out _) && !segment.TrainOptOut
                && found.TryAdd(segment.Id, new LabelledUtterance(segment.Id, "", MemoryMarshal.Cast<byte, short>(segment.Pcm.Span).ToArray())))
                seconds += segment.DurationSeconds;
        }
        return seconds;
    }
}
