namespace Ssl.Learner.Replay;

/// <summary>Which chunk leaves a full store.</summary>
enum Eviction
{
    /// <summary>A random one of the older half: what is kept of the past thins out slowly instead of ending.</summary>
    Reservoir,

    /// <summary>The oldest.</summary>
    Oldest,
}
