using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Pretraining;

/// <summary>Section <c>Learner:Training</c>.</summary>
sealed record TrainingOptions
{
    /// <summary>Learning rate after the warm-up, for <c>Tiny</c>. wav2vec 2.0 base: 5e-4, with 280 times the audio a step.</summary>
    [Range(0, 1)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Seed of all random numbers of a new run. Not a setting: experiments repeat a run with several.</summary>
    internal int Seed { get; init; } = 1;

    /// <summary>
    /// Matrix products in bfloat16 if the CPU or GPU has instructions for it; losses and quantiser stay in float. Not a setting.
    /// </summary>
    internal bool Bf16 { get; init; } = true;
}
