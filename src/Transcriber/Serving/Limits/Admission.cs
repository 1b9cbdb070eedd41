using System.Threading.RateLimiting;

namespace Ssl.Transcriber.Serving.Limits;

/// <summary>A request's place within the limits of its caller, until it is disposed; or the limit that refuses it.</summary>
sealed class Admission(Caller caller, IReadOnlyList<(string Per, AudioQuota Quota)> quotas) : IDisposable
{
    RateLimitLease? slot;

    /// <summary>Null: admitted.</summary>
    public LimitExceeded? Exceeded { get; private set; }
    /// <summary>Null: requests are not limited.</summary>
    public int? RequestsLeft { get; init; }
    public int? RequestLimit => caller.Limits.RequestsPerMinute;
    /// <summary>The quota of audio of which the smallest share is left; null: audio is not limited.</summary>
    public AudioQuota? Audio => quotas.Select(q => q.Quota).MinBy(q => q.LeftSeconds / q.LimitSeconds);

    /// <summary>When all requests of a minute are left again.</summary>
    public TimeSpan RequestReset =>
        RequestLimit is { } limit ? (limit - (RequestsLeft ?? limit)) / (double)limit * TimeSpan.FromMinutes(1) : TimeSpan.Zero;

    public Admission Refused(LimitExceeded exceeded)
    {
        Exceeded = exceeded;
        return this;
    }

    public Admission Holding(RateLimitLease held)
    {
        slot = held;
        return this;
    }

    /// <summary>Uses seconds of audio, however few are left; a refusal has used none.</summary>
    public LimitExceeded? TryUse(double seconds)
    {
        foreach (var (index, (per, quota)) in quotas.Index())
        {
            if (quota.TryUse(seconds))
                continue;
            foreach (var (_, used) in quotas.Take(index))
                used.Use(-seconds);
            return Of(per, quota);
        }
        return null;
    }

    /// <summary>Corrects what was used to what it turned out to be; negative: gives back.</summary>
    public void Use(double seconds)
    {
        foreach (var (_, quota) in quotas)
            quota.Use(seconds);
    }

    /// <summary>The quota of which nothing is left.</summary>
    public LimitExceeded? AudioExceeded()
    {
        (string Per, AudioQuota Quota)[] used = [.. quotas.Where(q => q.Quota.LeftSeconds <= 0)];
        return used.Length == 0 ? null : used.Select(q => Of(q.Per, q.Quota)).MaxBy(over => over.RetryAfter);
    }

    public void Dispose() => slot?.Dispose();

    LimitExceeded Of(string per, AudioQuota quota) => new(LimitKind.AudioSeconds, caller.Name, per, quota.LimitSeconds, quota.Wait);
}
