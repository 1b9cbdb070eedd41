using Ssl.Shared.Speech.Torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Who had the core while a thread waited for one. Linux does not tell that of a thread, so its wait is divided: first the time in which
/// the container was stopped at its CPU limit, then in the proportion of the CPU time that the other threads of this process and all other
/// programs used meanwhile. Used by the thread that waits.
/// </summary>
sealed class CoreWait
{
    CpuCounters? counted = CpuCounters.Read();
    TimeSpan computed = ComputeTime.Now;

    /// <summary>Begins anew: what was waited for until now is not counted.</summary>
    public void Restart() => (counted, computed) = (CpuCounters.Read(), ComputeTime.Now);

    /// <summary>Adds a wait to what held a fine-tuning up, and begins anew.</summary>
    /// <param name="elapsed">Since it began; what of it was not computing was a wait.</param>
    public HeldUp AddTo(HeldUp heldUp, TimeSpan elapsed)
    {
        var (before, began) = (counted, computed);
        Restart();
        var own = computed - began;
        if (elapsed <= own)
            return heldUp;
        var core = heldUp with { Core = heldUp.Core + elapsed - own };
        return before is { } then && counted is { } now ? Divided(core, elapsed - own, own, then, now) : core;
    }

    /// <param name="own">Computing time of the thread between <paramref name="then"/> and <paramref name="now"/>.</param>
    internal static HeldUp Divided(HeldUp heldUp, TimeSpan waited, TimeSpan own, CpuCounters then, CpuCounters now)
    {
        var throttled = Math.Clamp((now.Throttled - then.Throttled).TotalSeconds, 0, waited.TotalSeconds); // counted on each core
        var threads = Math.Max(0, (now.Process - then.Process - own).TotalSeconds);
        var programs = Math.Max(0, (now.Machine - then.Machine - (now.Process - then.Process)).TotalSeconds);
        var rest = threads + programs > 0 ? (waited.TotalSeconds - throttled) / (threads + programs) : 0; // of nobody where nobody computed
        return heldUp with
        {
            OwnThreads = heldUp.OwnThreads + TimeSpan.FromSeconds(rest * threads),
            OtherPrograms = heldUp.OtherPrograms + TimeSpan.FromSeconds(rest * programs),
            CpuLimit = heldUp.CpuLimit + TimeSpan.FromSeconds(throttled),
        };
    }
}
