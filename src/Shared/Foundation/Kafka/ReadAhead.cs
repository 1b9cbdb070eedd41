using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// Messages read ahead of the work, bounded by count and by bytes. The reader never blocks: it asks whether there is room, and one message
/// that was under way may exceed the bounds. Thread-safe for one reader and any number of takers.
/// </summary>
sealed class ReadAhead(int capacity, long capacityBytes) : IDisposable
{
    readonly Channel<ConsumedMessage> waiting =
        Channel.CreateUnbounded<ConsumedMessage>(new UnboundedChannelOptions { SingleWriter = true });
    readonly AutoResetEvent taken = new(false);
    long messages;
    long bytes;

    public long Count => Interlocked.Read(ref messages);
    public bool IsFull => Interlocked.Read(ref messages) >= capacity || Interlocked.Read(ref bytes) >= capacityBytes;
    /// <summary>Half of it is free: reading on and stopping again at every message would fetch the same bytes over and over.</summary>
    public bool HasRoom => Interlocked.Read(ref messages) <= capacity / 2 && Interlocked.Read(ref bytes) <= capacityBytes / 2;

    public void Add(ConsumedMessage message)
    {
        Interlocked.Increment(ref messages);
        Interlocked.Add(ref bytes, message.Bytes);
        waiting.Writer.TryWrite(message);
    }

    /// <summary>No more will come; takers see the failure after what is waiting.</summary>
    public void Complete(Exception? failure = null) => waiting.Writer.TryComplete(failure);

    public async IAsyncEnumerable<ConsumedMessage> TakeAllAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var message in waiting.Reader.ReadAllAsync(ct))
        {
            Interlocked.Decrement(ref messages);
            Interlocked.Add(ref bytes, -message.Bytes);
            taken.Set();
            yield return message;
        }
    }

    /// <summary>Returns when it is no longer full, or after the time, or when the handle is set.</summary>
    public void WaitWhileFull(TimeSpan limit, WaitHandle stopping)
    {
        var until = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (IsFull && until - Environment.TickCount64 is > 0 and var left && WaitHandle.WaitAny([taken, stopping], (int)left) == 0)
        {
            // one was taken; is that enough?
        }
    }

    public void Dispose() => taken.Dispose();
}
