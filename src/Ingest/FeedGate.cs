namespace Ssl.Ingest;

/// <summary>
/// Knows whether messages are held up inside this service (the readers of the segments are slow, or one clip is long). A stream that then hears nothing
/// has not ended. Thread-safe.
/// </summary>
sealed class FeedGate(TimeProvider clock)
{
    long freeSince = clock.GetTimestamp();
    int blocked;

    /// <summary>How long the feed has been flowing; zero while it is held up.</summary>
    public TimeSpan FlowingFor => Volatile.Read(ref blocked) != 0 ? TimeSpan.Zero : clock.GetElapsedTime(Interlocked.Read(ref freeSince));

    public async ValueTask HoldAsync(ValueTask wait)
    {
        Volatile.Write(ref blocked, 1);
        await wait;
        Interlocked.Exchange(ref freeSince, clock.GetTimestamp());
        Volatile.Write(ref blocked, 0);
    }
}
