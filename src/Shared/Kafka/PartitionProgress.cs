namespace Ssl.Shared.Kafka;

/// <summary>
/// What of one partition was handed out and what of it is done. Work may end in any order; only the end of the contiguous prefix may be
/// committed, or a crash would lose what was still under way before it. Not thread-safe.
/// </summary>
sealed class PartitionProgress
{
    readonly Queue<long> handedOut = new();
    readonly HashSet<long> done = [];

    /// <summary>Offset of the next message to read; -1 before the first.</summary>
    public long Next { get; private set; } = -1;

    /// <summary>How many messages lie between the last one and this, which a broker had dropped.</summary>
    public long HandOut(long offset)
    {
        var missing = Next >= 0 ? offset - Next : 0;
        handedOut.Enqueue(offset);
        Next = offset + 1;
        return Math.Max(0, missing);
    }

    /// <summary>The offset to commit after this one is done (the next to read), or null when nothing new is contiguous.</summary>
    public long? Complete(long offset)
    {
        done.Add(offset);
        long? commit = null;
        while (handedOut.TryPeek(out var first) && done.Remove(first))
        {
            handedOut.Dequeue();
            commit = first + 1;
        }
        return commit;
    }
}
