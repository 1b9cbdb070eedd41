namespace Ssl.Learner.Checkpoints;

/// <summary>A checkpoint whose checksums matched.</summary>
/// <param name="Path">Its folder, which <see cref="TrainingWeights"/> load.</param>
sealed record Checkpoint(string Path, LearnerState State);
