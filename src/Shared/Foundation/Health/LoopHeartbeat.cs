using System.Collections.Concurrent;

namespace Ssl.Shared.Foundation.Health;

/// <summary>Every loop of a service says here that it still moves; <c>/health/live</c> fails when one has been silent for longer than it said it would. Thread-safe.</summary>
public sealed class LoopHeartbeat(TimeProvider clock)
{
    readonly ConcurrentDictionary<string, Loop> loops = new(StringComparer.Ordinal);

    /// <summary>From now on the loop must beat at least every <paramref name="limit"/>, until the result is disposed. A loop that starts anew takes the place of its former self.</summary>
    public IDisposable Register(string loop, TimeSpan limit)
    {
        var registered = new Loop(this, loop, limit);
        loops[loop] = registered;
        return registered;
    }

    /// <summary>The loop moves; one that is not registered is passed over.</summary>
    public void Beat(string loop)
    {
        if (loops.TryGetValue(loop, out var registered))
            registered.Beat();
    }

    /// <summary>Loops that have been silent for too long.</summary>
    public IReadOnlyList<string> Silent() =>
        [.. loops.Values.Where(l => l.Silence > l.Limit).Select(l => $"{l.Name}: silent for {l.Silence.TotalSeconds:0} s").Order(StringComparer.Ordinal)];

    sealed class Loop(LoopHeartbeat heartbeat, string name, TimeSpan limit) : IDisposable
    {
        long lastBeat = heartbeat.Now();

        public string Name => name;

        public TimeSpan Limit => limit;

        public TimeSpan Silence => heartbeat.Since(Volatile.Read(ref lastBeat));

        public void Beat() => Volatile.Write(ref lastBeat, heartbeat.Now());

        public void Dispose() => heartbeat.loops.TryRemove(new KeyValuePair<string, Loop>(name, this));
    }

    long Now() => clock.GetTimestamp();

    TimeSpan Since(long beat) => clock.GetElapsedTime(beat);
}
