namespace Ssl.Transcriber.Serving.Live;

/// <summary>Counts the open sessions. Thread-safe.</summary>
sealed class LiveSessions(LiveOptions options)
{
    int open;

    public LiveOptions Options => options;
    /// <summary>Sessions that are open.</summary>
    public int Count => Volatile.Read(ref open);

    /// <summary>False: there are as many as are allowed.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref open) <= options.MaxSessions)
        {
            LiveMetrics.Sessions.Inc();
            return true;
        }
        Interlocked.Decrement(ref open);
        return false;
    }

    public void Closed(SessionEnd end)
    {
        Interlocked.Decrement(ref open);
        LiveMetrics.Sessions.Dec();
        LiveMetrics.Ended.WithLabels(end.Label).Inc();
    }
}
