using System.Threading.RateLimiting;

namespace Ssl.Transcriber.Serving.Limits;

/// <summary>Admits requests and live sessions within the limits of their callers. Thread-safe.</summary>
sealed class CallerLimits(TimeProvider clock) : IDisposable
{
    static readonly TimeSpan WhenBusy = TimeSpan.FromSeconds(2);
    static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(100); // the library looks no more often

    readonly PartitionedRateLimiter<Caller> requests = Limiter(c => c.Limits.RequestsPerMinute, n => new TokenBucketRateLimiter(Bucket(n)));
    readonly PartitionedRateLimiter<Caller> concurrent = Limiter(c => c.Limits.ConcurrentRequests, AtATime);
    readonly PartitionedRateLimiter<Caller> sessions = Limiter(c => c.Limits.LiveSessions, AtATime);
    readonly CallerQuotas quotas = new(clock);

    /// <param name="isLive">A live session, which is none of the concurrent requests.</param>
    /// <param name="takesAudio">Refused while no audio is left.</param>
    public Admission Admit(Caller caller, bool isLive, bool takesAudio)
    {
        using var request = requests.AttemptAcquire(caller);
        var use = new Admission(caller, [.. quotas.Of(caller)]) { RequestsLeft = LeftOf(caller) };
        if (!request.IsAcquired)
            return use.Refused(new LimitExceeded(LimitKind.Requests, caller.Name, "requests per minute",
                caller.Limits.RequestsPerMinute!.Value, request.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : WhenBusy));
        if (takesAudio && use.AudioExceeded() is { } over)
            return use.Refused(over);
        var slot = (isLive ? sessions : concurrent).AttemptAcquire(caller);
        return slot.IsAcquired ? use.Holding(slot) : use.Refused(isLive
            ? new LimitExceeded(LimitKind.LiveSessions, caller.Name, "live sessions", caller.Limits.LiveSessions!.Value, WhenBusy)
            : new LimitExceeded(
                LimitKind.ConcurrentRequests, caller.Name, "concurrent requests", caller.Limits.ConcurrentRequests!.Value, WhenBusy));
    }

    public void Dispose()
    {
        requests.Dispose();
        concurrent.Dispose();
        sessions.Dispose();
    }

    int? LeftOf(Caller caller) =>
        caller.Limits.RequestsPerMinute is null ? null : (int?)requests.GetStatistics(caller)?.CurrentAvailablePermits;

    /// <summary>One limiter for each caller and limit, so that an edited limit holds at once; those at rest are forgotten.</summary>
    static PartitionedRateLimiter<Caller> Limiter(Func<Caller, int?> limitOf, Func<int, RateLimiter> make) =>
        PartitionedRateLimiter.Create<Caller, (string, int)>(caller => limitOf(caller) is { } limit
            ? RateLimitPartition.Get((caller.Name, limit), key => make(key.Item2))
            : RateLimitPartition.GetNoLimiter(("", 0)));

    static ConcurrencyLimiter AtATime(int limit) => new(new ConcurrencyLimiterOptions { PermitLimit = limit, QueueLimit = 0 });

    static TokenBucketRateLimiterOptions Bucket(int perMinute)
    {
        var tokens = (int)Math.Ceiling(perMinute * (ShortestPeriod / TimeSpan.FromMinutes(1)));
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perMinute,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) * tokens / perMinute,
            QueueLimit = 0,
            AutoReplenishment = false, // by the partitioned limiter, one timer for all
        };
    }
}
