using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Pretraining;

/// <summary>How the weights move. Section <c>Learner:Training</c>.</summary>
sealed record TrainingOptions
{
    /// <summary>Learning rate after the warm-up, constant from there because training has no end; 0 to 1. Default 1e-3, for <c>Tiny</c>; wav2vec 2.0 base peaks at 5e-4 with 280 times the audio a step.</summary>
    [Range(0, 1)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps over which the rate rises from 0, 0 to 1,000,000. Default 200; the paper takes 8 % of its 400,000.</summary>
    [Range(0, 1_000_000)]
    public int WarmUpSteps { get; init; } = 200;

    /// <summary>AdamW's decay of the first moment, 0 to 1. Default 0.9, as the paper.</summary>
    [Range(0, 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the second moment, 0 to 1. Default 0.98, as the paper.</summary>
    [Range(0, 0.9999999)]
    public double Beta2 { get; init; } = 0.98;

    /// <summary>AdamW's epsilon, 1e-12 to 0.1. Default 1e-6, as the paper.</summary>
    [Range(1e-12, 0.1)]
    public double AdamEpsilon { get; init; } = 1e-6;

    /// <summary>Decoupled weight decay, 0 to 1. Default 0.01, as the paper.</summary>
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gradients longer than this are shortened to it, 0.001 to 1,000,000. Default 1.</summary>
    [Range(0.001, 1_000_000)]
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Share of the average that stays at a step, 0 (publish the weights as they are) to 0.999999. Default 0.999, an average over some minutes; younger runs average over less.</summary>
    [Range(0, 0.999999)]
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Seed of everything random, 0 to 2^31 - 1. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Seed { get; init; } = 1;

    /// <summary>Matrix products of the encoder in bfloat16 where the processor or GPU computes those itself; losses and quantiser stay in float. Default true.</summary>
    public bool Bf16 { get; init; } = true;

    public double LearningRateAt(long step) => WarmUpSteps == 0 ? LearningRate : LearningRate * Math.Min(1, (step + 1) / (double)WarmUpSteps);

    /// <summary>How far the average moves towards the weights at a step: a young average forgets the random start faster.</summary>
    public double AverageShareAt(long step) => 1 - Math.Min(AverageDecay, (step + 1) / (step + 10.0));
}
