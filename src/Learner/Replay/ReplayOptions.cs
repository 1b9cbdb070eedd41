using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Replay;

/// <summary>Size of the replay store and order of eviction. Section <c>Learner:Replay</c>.</summary>
sealed record ReplayOptions
{
    /// <summary>Bytes on disk. An hour of audio takes 115 MB.</summary>
    [Range(16L << 20, 16L << 40)]
    public long CapacityBytes { get; init; } = 2L << 30;

    /// <summary>
    /// Eviction from a full store. <c>Reservoir</c> keeps the newest half and a random sample of the older audio, against forgetting old
    /// domains (replay of 5 to 25 % suffices); <c>Oldest</c> keeps the newest.
    /// </summary>
    public Eviction Eviction { get; init; } = Eviction.Reservoir;

    /// <summary>Audio older than this is deleted; null: no limit.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "10000.00:00:00")]
    public TimeSpan? Retention { get; init; }
}
