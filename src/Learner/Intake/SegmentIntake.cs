using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Learner.Intake;

/// <summary>Stores segments, many with one flush; a message is done when its segment is on disk or refused. Not thread-safe.</summary>
/// <param name="done">Called for each message whose offset may be committed.</param>
sealed class SegmentIntake(ReplayStore store, Action<ConsumedMessage> done)
{
    readonly List<ConsumedMessage> pending = [];

    public bool HasPending => pending.Count > 0;

    /// <summary>Bytes of the messages taken since the last <see cref="Flush"/>.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Marks a message as handled; its offset is released at the next <see cref="Flush"/>.</summary>
    public void Hold(ConsumedMessage message, string result)
    {
        LearnerMetrics.Segments.WithLabels(result).Inc();
        pending.Add(message);
        PendingBytes += message.Value?.Length ?? 0;
    }

    /// <summary>Makes the segments durable, then lets their offsets be committed.</summary>
    public void Flush()
    {
        store.EvictExpired();
        store.Flush();
        foreach (var message in pending)
            done(message);
        pending.Clear();
        PendingBytes = 0;
        LearnerMetrics.ReplayBytes.Set(store.Bytes);
        LearnerMetrics.ReplaySegments.Set(store.Catalogue.Count);
    }

    /// <summary>What became of the message, and why if it is no segment that can be used. <see cref="Hold"/> follows.</summary>
    public (string Result, string? Reason) Store(ConsumedMessage message)
    {
        if (!SegmentMessages.TryRead(message, out var segment, out var reason))
            return ("unusable", reason);
        if (segment.TrainOptOut)
            return ("opted_out", null);
        return store.Append(segment, message.Partition, message.Offset) switch
        {
            AppendResult.Stored => ("stored", null),
            AppendResult.Duplicate => ("duplicate", null),
            _ => ("unusable", $"{segment.Pcm.Length} bytes of audio"),
        };
    }
}
