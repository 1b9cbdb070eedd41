namespace Ssl.Transcriber.Serving.Limits;

/// <summary>
/// Seconds of audio that a caller may use: a token bucket that goes into debt, because the length of a recording is known only once it is
/// accepted, and a recording may be longer than the quota of a minute. (A <c>TokenBucketRateLimiter</c> has no debt.) Thread-safe.
/// </summary>
sealed class AudioQuota(int limitSeconds, TimeSpan period, TimeProvider clock)
{
    readonly Lock gate = new();
    double left = limitSeconds;
    long refilled = clock.GetTimestamp();

    public int LimitSeconds => limitSeconds;
    public bool IsFull => LeftSeconds >= limitSeconds;

    /// <summary>Negative: so much was used in advance.</summary>
    public double LeftSeconds
    {
        get
        {
            lock (gate)
                return Refill();
        }
    }

    /// <summary>When some are left again; zero: now.</summary>
    public TimeSpan Wait => TimeFor(Math.Max(0, -LeftSeconds));
    /// <summary>When all are left again.</summary>
    public TimeSpan Reset => TimeFor(limitSeconds - LeftSeconds);

    /// <summary>False: none are left, and none were used.</summary>
    public bool TryUse(double seconds)
    {
        lock (gate)
        {
            if (Refill() <= 0)
                return false;
            left -= seconds;
            return true;
        }
    }

    /// <param name="seconds">Negative: they are given back.</param>
    public void Use(double seconds)
    {
        lock (gate)
            left = Math.Min(limitSeconds, Refill() - seconds);
    }

    double Refill()
    {
        var now = clock.GetTimestamp();
        left = Math.Min(limitSeconds, left + clock.GetElapsedTime(refilled, now) / period * limitSeconds);
        refilled = now;
        return left;
    }

    TimeSpan TimeFor(double seconds) => seconds / limitSeconds * period;
}
