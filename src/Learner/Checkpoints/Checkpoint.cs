
namespace Ssl.Learner.Checkpoints;

/// <summary>A checkpoint whose files were just verified.</summary>
/// <param name="Path">Its folder, from which <see cref="TrainingWeights"/> load.</param>
sealed record Checkpoint(string Path, LearnerState State);
