using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Checkpoints;

/// <summary>Section <c>Learner:Checkpoints</c>.</summary>
sealed record CheckpointOptions
{
    /// <summary>Training time between checkpoints.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);
}
