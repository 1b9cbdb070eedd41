using System.ComponentModel.DataAnnotations;
using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Learner;

/// <summary>Section <c>Learner</c>: what an operator decides. <see cref="PretrainingRecipe"/> holds what was measured.</summary>
sealed record LearnerOptions
{
    public const string Section = "Learner";

    public static readonly MovedSettings Moved = new MovedSettings()
        .IntoRecipe(new PretrainingRecipe().Name,
            "Learner:Objectives", "Learner:Health", "Learner:Batch:MinStoredSeconds", "Learner:Training:WarmUpSteps",
            "Learner:Training:Beta1", "Learner:Training:Beta2", "Learner:Training:AdamEpsilon", "Learner:Training:WeightDecay",
            "Learner:Training:MaxGradientNorm", "Learner:Training:AverageDecay")
        .Removed("Learner:Checkpoints:Keep", "the newest two are kept, and the newest healthy one")
        .Removed("Learner:Batch:MicroBatches", "a step of much audio is computed in parts by itself")
        .Removed("Learner:Training:Seed", "a new run has the seed 1")
        .Removed("Learner:Training:Bf16", "bfloat16 is used where the hardware has it")
        .Removed("Learner:Publishing:EverySteps", "Learner:Publishing:Every decides when versions are published");

    /// <summary>Folder of the replay store and the checkpoints.</summary>
    [Required]
    public string DataPath { get; init; } = Path.Combine("data", "learner");

    /// <summary>Threads of an operation; null: one a core. <c>ssl up</c> uses 1.</summary>
    [Range(1, 1024)]
    public int? Threads { get; init; }

    /// <summary>Unix niceness of the training thread: requests come first.</summary>
    [Range(0, 19)]
    public int Niceness { get; init; } = 5;

    /// <summary>
    /// Weights of a new run: a new <c>Tiny</c> or <c>Small</c> (log-mel), <c>Base</c> or <c>Large</c> (waveform), a new encoder of the
    /// shape in a <c>config.json</c>, the number of an encoder version, or a folder with one. A run with checkpoints continues.
    /// </summary>
    [Required]
    public string Encoder { get; init; } = "Tiny";

    public ReplayOptions Replay { get; init; } = new();
    public BatchOptions Batch { get; init; } = new();
    public TrainingOptions Training { get; init; } = new();
    public CheckpointOptions Checkpoints { get; init; } = new();
    public PublishingOptions Publishing { get; init; } = new();

    public string ReplayPath => Path.Combine(DataPath, "replay");
    public string CheckpointPath => Path.Combine(DataPath, "checkpoints");
}
