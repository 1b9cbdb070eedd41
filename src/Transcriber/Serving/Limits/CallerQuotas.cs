using System.Collections.Concurrent;

namespace Ssl.Transcriber.Serving.Limits;

/// <summary>The audio of every caller that has a quota. Thread-safe.</summary>
sealed class CallerQuotas(TimeProvider clock)
{
    const int MaxResting = 1000; // callers; then those that have all of their quota left are forgotten

    static readonly (string Per, TimeSpan Period) Minute = ("seconds of audio per minute", TimeSpan.FromMinutes(1));
    static readonly (string Per, TimeSpan Period) Hour = ("seconds of audio per hour", TimeSpan.FromHours(1));

    readonly ConcurrentDictionary<(string Caller, string Per, int Limit), AudioQuota> quotas = new();

    /// <summary>The quotas that hold for a caller, with what each is called; a limit that was edited starts full.</summary>
    public IEnumerable<(string Per, AudioQuota Quota)> Of(Caller caller)
    {
        if (caller.Limits.AudioSecondsPerMinute is { } aMinute)
            yield return (Minute.Per, Find(caller, Minute, aMinute));
        if (caller.Limits.AudioSecondsPerHour is { } anHour)
            yield return (Hour.Per, Find(caller, Hour, anHour));
    }

    AudioQuota Find(Caller caller, (string Per, TimeSpan Period) kind, int limit)
    {
        if (quotas.TryGetValue((caller.Name, kind.Per, limit), out var known))
            return known;
        if (quotas.Count >= MaxResting)
        {
            foreach (var (key, _) in quotas.Where(q => q.Value.IsFull))
                quotas.TryRemove(key, out _);
        }
        return quotas.GetOrAdd((caller.Name, kind.Per, limit), _ => new AudioQuota(limit, kind.Period, clock));
    }
}
