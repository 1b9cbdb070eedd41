using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Pretraining;

/// <summary>Section <c>Learner:Training</c>.</summary>
sealed record TrainingOptions
{
    /// <summary>Learning rate after the warm-up, for <c>Tiny</c>. wav2vec 2.0 base: 5e-4, with 280 times the audio a step.</summary>
    [Range(0, 1)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Seed of everything random in a new run.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>Matrix products in bfloat16 where the processor or GPU has such instructions; losses and quantiser stay in float.</summary>
    public bool Bf16 { get; init; } = true;
}
