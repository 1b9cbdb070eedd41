using System.ComponentModel.DataAnnotations;
using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;

namespace Ssl.Learner;

/// <summary>Options of the Learner, section <c>Learner</c>. The shape of the model is not among them: it belongs to the weights.</summary>
sealed record LearnerOptions
{
    public const string Section = "Learner";

    /// <summary>Folder of the replay store and the checkpoints.</summary>
    [Required]
    public string DataPath { get; init; } = Path.Combine("data", "learner");

    /// <summary>Threads inside an operation, 1 to 1,024. Default: one a core. <c>ssl up</c> takes 1.</summary>
    [Range(1, 1024)]
    public int? Threads { get; init; }

    /// <summary>Unix niceness of the training thread, 0 to 19. Default 5, as much as fine-tuning has: requests go first.</summary>
    [Range(0, 19)]
    public int Niceness { get; init; } = 5;

    /// <summary>What a new run begins with: a fresh <c>Tiny</c> or <c>Small</c> (log-mel), <c>Base</c> or <c>Large</c> (waveform), one of the shape in a <c>config.json</c>, the number of an encoder version, or a folder with one. A run that has checkpoints goes on from those.</summary>
    [Required]
    public string Encoder { get; init; } = "Tiny";

    public ReplayOptions Replay { get; init; } = new();

    public BatchOptions Batch { get; init; } = new();

    public ObjectiveOptions Objectives { get; init; } = new();

    public TrainingOptions Training { get; init; } = new();

    public CheckpointOptions Checkpoints { get; init; } = new();

    public HealthOptions Health { get; init; } = new();

    public PublishingOptions Publishing { get; init; } = new();

    public string ReplayPath => Path.Combine(DataPath, "replay");

    public string CheckpointPath => Path.Combine(DataPath, "checkpoints");
}
