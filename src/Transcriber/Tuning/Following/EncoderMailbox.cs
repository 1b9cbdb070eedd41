namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Holds the newest encoder that nobody has taken yet; older ones are forgotten. Thread-safe.</summary>
sealed class EncoderMailbox : IDisposable
{
    readonly Lock gate = new();
    readonly SemaphoreSlim arrived = new(0, 1);
    int newest;
    int taken;

    /// <summary>A version has been heard of; older than one that was heard of before, it changes nothing.</summary>
    public void Offer(int number)
    {
        lock (gate)
        {
            if (number <= newest)
                return;
            newest = number;
            if (newest > taken && arrived.CurrentCount == 0)
                arrived.Release();
        }
    }

    /// <summary>This version and older ones are done with.</summary>
    public void Pass(int number)
    {
        lock (gate)
            taken = Math.Max(taken, number);
    }

    /// <summary>The newest that was not taken yet, now; null: there is none within <paramref name="patience"/>.</summary>
    public int? Take(TimeSpan patience, CancellationToken ct)
    {
        if (!arrived.Wait(patience, ct))
            return null;
        lock (gate)
        {
            if (newest <= taken)
                return null;
            return taken = newest;
        }
    }

    public void Dispose() => arrived.Dispose();
}
