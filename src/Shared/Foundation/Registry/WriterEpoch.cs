namespace Ssl.Shared.Foundation.Registry;

/// <summary>A writer's turn. Whoever takes a later one ends it, so that a paused process that wakes up publishes nothing.</summary>
public sealed record WriterEpoch(string Writer, long Epoch);
