using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Publishing;

/// <summary>When encoder versions are published. Section <c>Learner:Publishing</c>.</summary>
sealed record PublishingOptions
{
    /// <summary>Training time until a run's first version.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan FirstAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Training time from one version to the next.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Steps from one version to the next, if they come before that time; none: only time counts.</summary>
    [Range(1, 1_000_000_000)]
    public long? EverySteps { get; init; }
}
