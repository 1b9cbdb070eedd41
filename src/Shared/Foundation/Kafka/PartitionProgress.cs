namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// What of one partition was handed out and what of it is done. Work may end in any order; only the end of the contiguous prefix may be
/// committed, or a crash would lose what was still under way before it. Not thread-safe.
/// </summary>
/// <param name="assignment">Which of the assignments of this partition to this member it belongs to.</param>
/// <param name="next">Offset of the first message to come; -1 where it is not known.</param>
sealed class PartitionProgress(int assignment, long next)
{
    readonly Queue<long> handedOut = new();
    readonly HashSet<long> done = [];

    public int Assignment => assignment;
    /// <summary>Offset of the next message to read; -1 where it is not known.</summary>
    public long Next { get; private set; } = next;
    /// <summary>Everything before it is committed; -1 where that is not known.</summary>
    public long Committed { get; private set; } = next;

    /// <summary>How many messages lie between the last one and this, which a broker had dropped.</summary>
    public long HandOut(long offset)
    {
        var missing = Next >= 0 ? offset - Next : 0;
        handedOut.Enqueue(offset);
        Next = offset + 1;
        return Math.Max(0, missing);
    }

    /// <summary>There is nothing before this offset that was not handed out: what lies between are marks of transactions.</summary>
    public void ReachEnd(long offset) => Next = Math.Max(Next, offset);

    public void Commit(long offset) => Committed = Math.Max(Committed, offset);

    /// <summary>The offset to commit after this one is done (the next to read), or null when nothing new is contiguous.</summary>
    public long? Complete(long offset)
    {
        if (!handedOut.TryPeek(out var oldest) || offset < oldest)
            return null; // done before
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
