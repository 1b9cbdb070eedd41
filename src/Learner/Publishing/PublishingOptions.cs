using System.ComponentModel.DataAnnotations;
using Ssl.Learner.Checkpoints;

namespace Ssl.Learner.Publishing;

/// <summary>Schedule of encoder versions. Section <c>Learner:Publishing</c>.</summary>
sealed record PublishingOptions
{
    /// <summary>Training time until the first version of a run.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan FirstAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Training time between versions.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Counts training time: waiting for audio and restarts do not count.</summary>
    public bool IsDue(LearnerState state) => state.PublishedStep is { } published
        ? state.Step > published && state.TrainingTime - state.PublishedTime >= Every
        : state.TrainingTime >= FirstAfter;
}
