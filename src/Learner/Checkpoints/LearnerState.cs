using Ssl.Learner.Health;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Checkpoints;

/// <summary>Progress of a run without its tensors: <c>state.json</c> of a checkpoint. Written by the trainer.</summary>
sealed record LearnerState
{
    /// <summary>Steps done, which is also the number of the next one.</summary>
    public long Step { get; init; }

    /// <summary>Seconds of audio trained on, repetitions counted.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>The same in hours.</summary>
    public double HoursHeard => AudioSeconds / 3600;

    /// <summary>Time spent in steps.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>From the options when the run started; all random numbers depend on it and on the step.</summary>
    public int Seed { get; init; }

    /// <summary>Returns to a checkpoint; part of <see cref="RandomSeed"/>, so that the same failure does not repeat.</summary>
    public int Rewinds { get; init; }

    /// <summary>Of the last step, for readers of checkpoints.</summary>
    public double GumbelTemperature { get; init; }

    /// <summary>Of the last step.</summary>
    public double LearningRate { get; init; }

    public HealthState Health { get; init; }

    /// <summary>Next offset of each partition of <c>audio.segments</c>: everything before it was in the replay store.</summary>
    public IReadOnlyList<StreamPosition> Positions { get; init; } = [];

    /// <summary>Encoder version published last; before the first, the one that the run started from.</summary>
    public int? ParentVersion { get; init; }

    /// <summary>Step of the last publication; null before the first.</summary>
    public long? PublishedStep { get; init; }

    /// <summary><see cref="TrainingTime"/> of the last publication.</summary>
    public TimeSpan PublishedTime { get; init; }

    public long RandomSeed => Seed + ((long)Rewinds << 32);
}
