using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>
/// Counts transcripts that are being written, by partition of their segments. A revocation waits for them, so that the next member finds
/// them in <c>transcripts</c> and writes none twice. Thread-safe.
/// </summary>
sealed class PendingWrites
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    readonly Dictionary<int, int> counts = [];

    /// <summary>Begins a write; false if the partition was reassigned. After true, <see cref="End"/> must be called.</summary>
    public bool TryBegin(ConsumerLoop loop, ConsumedMessage segment)
    {
        Change(segment.Partition, 1); // counted first, so that a revocation after the check waits for this write
        if (loop.Holds(segment))
            return true;
        Change(segment.Partition, -1);
        return false;
    }

    public void End(ConsumedMessage segment) => Change(segment.Partition, -1);

    /// <summary>Waits until no write of these partitions is in progress, for 5 s at most.</summary>
    public void Await(IReadOnlyCollection<int> partitions)
    {
        var until = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        lock (counts)
        {
            while (partitions.Any(p => counts.GetValueOrDefault(p) > 0) && until - Environment.TickCount64 is > 0 and var left)
                Monitor.Wait(counts, (int)left);
        }
    }

    void Change(int partition, int by)
    {
        lock (counts)
        {
            counts[partition] = counts.GetValueOrDefault(partition) + by;
            Monitor.PulseAll(counts);
        }
    }
}
