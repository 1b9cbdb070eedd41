using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Learner.Intake;

/// <summary>
/// Puts segments into the replay store. Many share one flush; a message is done once its segment is on disk or refused. Not thread-safe.
/// </summary>
/// <param name="done">Called for each message whose offset may be committed.</param>
sealed class SegmentIntake(ReplayStore store, Action<ConsumedMessage> done, ILogger logger)
{
    readonly List<ConsumedMessage> pending = [];
    long pendingBytes;

    public bool HasPending => pending.Count > 0;

    /// <summary>Bytes that wait for <see cref="Flush"/>.</summary>
    public long PendingBytes => pendingBytes;

    public void Take(ConsumedMessage message)
    {
        LearnerMetrics.Segments.WithLabels(Store(message)).Inc();
        pending.Add(message);
        pendingBytes += message.Value?.Length ?? 0;
    }

    /// <summary>Makes everything taken durable, then lets its offsets go.</summary>
    public void Flush()
    {
        store.EvictExpired();
        store.Flush();
        foreach (var message in pending)
            done(message);
        pending.Clear();
        pendingBytes = 0;
        LearnerMetrics.ReplayBytes.Set(store.Bytes);
        LearnerMetrics.ReplaySegments.Set(store.Catalogue.Count);
    }

    string Store(ConsumedMessage message)
    {
        if (!SegmentMessages.TryRead(message, out var segment, out var reason))
            return Unusable(message, reason);
        if (segment.TrainOptOut)
            return "opted_out";
        return store.Append(segment, message.Partition, message.Offset) switch
        {
            AppendResult.Stored => "stored",
            AppendResult.Duplicate => "duplicate",
            _ => Unusable(message, $"{segment.Pcm.Length} bytes of audio"),
        };
    }

    string Unusable(ConsumedMessage message, string reason)
    {
        logger.Unusable(message.Topic, message.Partition, message.Offset, reason);
        return "unusable";
    }
}
