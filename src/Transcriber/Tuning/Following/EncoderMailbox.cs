namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Holds the number of the newest encoder. Thread-safe.</summary>
sealed class EncoderMailbox
{
    readonly object gate = new();
    int newest;

    /// <summary>The newest version; 0: none.</summary>
    public int Current
    {
        get
        {
            lock (gate)
                return newest;
        }
    }

    /// <summary>A version was announced or found in the registry; an older one changes nothing.</summary>
    public void Offer(int number)
    {
        lock (gate)
        {
            newest = Math.Max(newest, number);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The newest version, 0: none; waits up to <paramref name="patience"/> for one above <paramref name="known"/>.</summary>
    public int Newest(int known, TimeSpan patience, CancellationToken ct)
    {
        lock (gate)
        {
            if (newest <= known)
                Monitor.Wait(gate, patience);
            ct.ThrowIfCancellationRequested();
            return newest;
        }
    }
}
