using System.Collections.Concurrent;

namespace Ssl.Shared.Foundation.Health;

/// <summary>Heartbeats of a service's loops; <c>/health/live</c> fails when one is silent for longer than its limit. Thread-safe.</summary>
public sealed class LoopHeartbeat(TimeProvider clock)
{
    readonly ConcurrentDictionary<string, Loop> loops = new(StringComparer.Ordinal);

    /// <summary>
    /// From now on the loop must beat at least every <paramref name="limit"/>, until the result is disposed. A loop registered again
    /// replaces its former registration.
    /// </summary>
    public IDisposable Register(string loop, TimeSpan limit) => loops[loop] = new Loop(loops, clock, loop, limit);

    /// <summary>The loop moves; one that is not registered is ignored.</summary>
    public void Beat(string loop) => loops.GetValueOrDefault(loop)?.Beat();

    /// <summary>Loops that were silent for longer than their limits.</summary>
    public IReadOnlyList<string> Silent() => [.. loops.Values.Where(l => l.Silence > l.Limit)
        .Select(l => $"{l.Name}: silent for {l.Silence.TotalSeconds:0} s").Order(StringComparer.Ordinal)];

    sealed class Loop(ConcurrentDictionary<string, Loop> loops, TimeProvider clock, string name, TimeSpan limit) : IDisposable
    {
        long lastBeat = clock.GetTimestamp();

        public string Name => name;
        public TimeSpan Limit => limit;
        public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref lastBeat));

        public void Beat() => Volatile.Write(ref lastBeat, clock.GetTimestamp());
        public void Dispose() => loops.TryRemove(new KeyValuePair<string, Loop>(name, this));
    }
}
