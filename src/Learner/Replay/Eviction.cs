namespace Ssl.Learner.Replay;

/// <summary>Which chunk is deleted from a full store.</summary>
enum Eviction
{
    /// <summary>A random one of the older half: old audio becomes sparse instead of disappearing.</summary>
    Reservoir,

    /// <summary>The oldest.</summary>
    Oldest,
}
