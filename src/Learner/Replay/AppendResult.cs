namespace Ssl.Learner.Replay;

/// <summary>Result of appending a segment to the store.</summary>
enum AppendResult
{
    Stored,

    /// <summary>It is in the store, or was evicted from it.</summary>
    Duplicate,

    /// <summary>It has no samples, half a sample, or more than any segment.</summary>
    Unusable,
}
