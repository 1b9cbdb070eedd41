using Ssl.Learner.Health;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Checkpoints;

/// <summary>Where a run stands, besides its tensors: <c>state.json</c> of a checkpoint. Written by the trainer.</summary>
sealed record LearnerState
{
    /// <summary>Steps done; the next one has this number.</summary>
    public long Step { get; init; }

    /// <summary>Seconds of audio trained on, repetitions counted.</summary>
    public double AudioSeconds { get; init; }

    /// <summary>The same in hours: what quality follows.</summary>
    public double HoursHeard => AudioSeconds / 3600;

    /// <summary>Time spent in steps.</summary>
    public TimeSpan TrainingTime { get; init; }

    /// <summary>Decides, with the step, everything random. From the options when the run began.</summary>
    public int Seed { get; init; }

    /// <summary>How often training went back; part of the seed, or it would meet the same fate again.</summary>
    public int Rewinds { get; init; }

    /// <summary>Of the last step; a function of step and options, kept for those who read checkpoints.</summary>
    public double GumbelTemperature { get; init; }

    /// <summary>Of the last step.</summary>
    public double LearningRate { get; init; }

    public HealthState Health { get; init; }

    /// <summary>Next offset of each partition of <c>audio.segments</c>: what lies before was in the replay store.</summary>
    public IReadOnlyList<StreamPosition> Positions { get; init; } = [];

    /// <summary>Encoder version published last, or begun with.</summary>
    public int? ParentVersion { get; init; }

    /// <summary>Step of the last publication; null before the first.</summary>
    public long? PublishedStep { get; init; }

    /// <summary><see cref="TrainingTime"/> of the last publication.</summary>
    public TimeSpan PublishedTime { get; init; }

    public long RandomSeed => Seed + ((long)Rewinds << 32);
}
