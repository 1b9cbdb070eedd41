namespace Ssl.Learner.Replay;

/// <summary>What became of a segment that was given to the store.</summary>
enum AppendResult
{
    Stored,

    /// <summary>The store has it, or had it before it was evicted.</summary>
    Duplicate,

    /// <summary>No samples, half a sample, or larger than any segment.</summary>
    Unusable,
}
