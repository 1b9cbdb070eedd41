using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Pretraining;

/// <summary>Measured values of pretraining: masks, objectives, optimiser, health. Values not from wav2vec 2.0 say so.</summary>
sealed record PretrainingRecipe : Recipe
{
    const double MaskFrameSeconds = 0.02;

    public override string Name { get; init; } = "pretraining-2026-11";

    /// <summary>Weight of the contrastive loss; 0: off.</summary>
    public double ContrastiveWeight { get; init; } = 1;

    /// <summary>Weight of the diversity loss, relative to the contrastive loss.</summary>
    public double DiversityWeight { get; init; } = 0.1;

    /// <summary>Weight of masked prediction (BEST-RQ, w2v-BERT); 0: off. Both objectives together are better than either.</summary>
    public double MaskedPredictionWeight { get; init; } = 1;

    /// <summary>Weight of the mean square of a waveform encoder's features, relative to the contrastive loss.</summary>
    public double FeaturePenaltyWeight { get; init; } = 10;

    /// <summary>Factor of the gradient that reaches the convolutions of a waveform encoder.</summary>
    public double FeatureGradientScale { get; init; } = 0.1;

    /// <summary>Distractors of a masked frame.</summary>
    public int Distractors { get; init; } = 100;

    /// <summary>Treatment of distractors with the positive's codes; the paper's code uses <c>Exclude</c>.</summary>
    public IdenticalDistractors IdenticalDistractors { get; init; } = IdenticalDistractors.Tie;

    /// <summary>Divides the cosine similarities.</summary>
    public double ContrastiveTemperature { get; init; } = 0.1;

    /// <summary>Masked spans per 20 ms, whatever the encoder's frames: about half of all frames are masked. wav2vec 2.0: 0.065.</summary>
    public double MaskStartProbability { get; init; } = 0.13;

    /// <summary>Span in units of 20 ms, rounded to the encoder's frames. wav2vec 2.0: 10, too long for a few hours of audio.</summary>
    public int MaskSpanFrames { get; init; } = 5;

    /// <summary>Minimum number of spans of an utterance, if that many fit.</summary>
    public int MinMaskSpans { get; init; } = 2;

    /// <summary>
    /// The mel axis of the input, but not of the targets, is stretched or squeezed by up to this share, so that the voice helps less to
    /// predict them; 0: off. Log-mel layouts only.
    /// </summary>
    public double FrequencyWarp { get; init; } = 0.15;

    /// <summary>Gumbel temperature of the first step.</summary>
    public double GumbelTemperature { get; init; } = 2;

    public double MinGumbelTemperature { get; init; } = 0.5;

    /// <summary>Factor of the Gumbel temperature at each step. wav2vec 2.0: 0.999995, over 400,000 larger steps.</summary>
    public double GumbelTemperatureDecay { get; init; } = 0.9999;

    /// <summary>Steps over which the learning rate rises from 0; then it is constant. wav2vec 2.0: 8 % of 400,000, then it falls.</summary>
    public int WarmUpSteps { get; init; } = 200;

    public double AdamBeta1 { get; init; } = 0.9;
    public double AdamBeta2 { get; init; } = 0.98;
    public double AdamEpsilon { get; init; } = 1e-6;

    /// <summary>Decoupled (AdamW).</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gradients are clipped to this norm.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Decay of the weight average, which is published; 0: none. Early in a run the average spans fewer steps.</summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Seconds of usable audio in the replay store before training starts.</summary>
    public double MinStoredSeconds { get; init; } = 30;

    /// <summary>Steps whose mean is judged for health.</summary>
    public int HealthWindowSteps { get; init; } = 50;

    /// <summary>Minimum code perplexity, as a share of all codes.</summary>
    public double MinCodeUse { get; init; } = 0.05;

    /// <summary>Steps after which losses at chance mean that training is stuck; a contrastive loss alone was at chance for 400.</summary>
    public long StuckAfterSteps { get; init; } = 2000;

    /// <summary>The same masks for frames of another length.</summary>
    public PretrainingRecipe ForFrames(double frameSeconds)
    {
        var times = frameSeconds / MaskFrameSeconds;
        return this with
        {
            MaskStartProbability = Math.Min(1, MaskStartProbability * times),
            MaskSpanFrames = Math.Max(1, (int)Math.Round(MaskSpanFrames / times)),
        };
    }

    public double GumbelTemperatureAt(long step) =>
        Math.Max(MinGumbelTemperature, GumbelTemperature * Math.Pow(GumbelTemperatureDecay, step));

    /// <param name="peak">Learning rate after the warm-up.</param>
    public double LearningRateAt(long step, double peak) => WarmUpSteps == 0 ? peak : peak * Math.Min(1, (step + 1) / (double)WarmUpSteps);

    /// <summary>Share of its distance to the weights by which the average moves at a step.</summary>
    public double AverageShareAt(long step) => 1 - Math.Min(AverageDecay, (step + 1) / (step + 10.0));
}
