namespace Ssl.Transcriber.Tuning.Following;

/// <summary>Holds the newest encoder that was not taken yet; older ones are dropped. Thread-safe.</summary>
sealed class EncoderMailbox : IDisposable
{
    readonly Lock gate = new();
    readonly SemaphoreSlim arrived = new(0, 1);
    int newest;
    int taken;

    /// <summary>Begins a term: versions up to <paramref name="passed"/> are done with, <paramref name="number"/> is the newest known.</summary>
    public void Restart(int passed, int number)
    {
        lock (gate)
        {
            taken = passed;
            Keep(number);
        }
    }

    /// <summary>A version was announced; one that is not the newest changes nothing.</summary>
    public void Offer(int number)
    {
        lock (gate)
            Keep(number);
    }

    /// <summary>The newest that was not taken yet; null: there is none within <paramref name="patience"/>.</summary>
    public int? Take(TimeSpan patience, CancellationToken ct)
    {
        if (!arrived.Wait(patience, ct))
            return null;
        lock (gate)
            return newest > taken ? taken = newest : null;
    }

    public void Dispose() => arrived.Dispose();

    void Keep(int number)
    {
        newest = Math.Max(newest, number);
        if (newest > taken && arrived.CurrentCount == 0)
            arrived.Release();
    }
}
