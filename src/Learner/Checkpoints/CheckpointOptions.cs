using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Checkpoints;

/// <summary>How much work a crash may cost. Section <c>Learner:Checkpoints</c>.</summary>
sealed record CheckpointOptions
{
    /// <summary>Training time between checkpoints, 1 second to 1 day. Default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Newest checkpoints that are kept, 1 to 100, and always the newest healthy one. Default 2.</summary>
    [Range(1, 100)]
    public int Keep { get; init; } = 2;
}
