using System.Collections.Concurrent;

namespace Ssl.Shared.Hosting;

/// <summary>Every loop of a service says here that it still moves; <c>/health/live</c> fails when one has been silent for longer than it said it would. Thread-safe.</summary>
public sealed class LoopHeartbeat(TimeProvider clock)
{
    readonly ConcurrentDictionary<string, (TimeSpan Limit, long Beat)> loops = new(StringComparer.Ordinal);

    /// <summary>From now on the loop must beat at least every <paramref name="limit"/>, until the result is disposed.</summary>
    public IDisposable Register(string loop, TimeSpan limit)
    {
        loops[loop] = (limit, clock.GetTimestamp());
        return new Registration(this, loop);
    }

    public void Beat(string loop)
    {
        if (loops.TryGetValue(loop, out var state))
            loops[loop] = (state.Limit, clock.GetTimestamp());
    }

    /// <summary>Loops that have been silent for too long.</summary>
    public IReadOnlyList<string> Silent() =>
        [.. loops.Where(l => clock.GetElapsedTime(l.Value.Beat) > l.Value.Limit).Select(l => $"{l.Key}: silent for {clock.GetElapsedTime(l.Value.Beat).TotalSeconds:0} s")];

    sealed class Registration(LoopHeartbeat heartbeat, string loop) : IDisposable
    {
        public void Dispose() => heartbeat.loops.TryRemove(loop, out _);
    }
}
