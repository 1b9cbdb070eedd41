using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Pretraining;

/// <summary>Measured values of pretraining: masks, objectives, optimizer, health. Values not from wav2vec 2.0 say so.</summary>
sealed record PretrainingRecipe : Recipe
{
    const double MaskFrameSeconds = 0.02;

    public override string Name { get; init; } = "pretraining-2026-11";

    /// <summary>Weight of the contrastive loss; 0: off.</summary>
    public double ContrastiveWeight { get; init; } = 1;

    /// <summary>Weight of the diversity loss beside a contrastive loss of 1.</summary>
    public double DiversityWeight { get; init; } = 0.1;

    /// <summary>Weight of masked prediction (BEST-RQ, w2v-BERT); 0: off. Both objectives together did better than one.</summary>
    public double MaskedPredictionWeight { get; init; } = 1;

    /// <summary>Weight of the mean square of a waveform encoder's features beside a contrastive loss of 1; log-mel has none.</summary>
    public double FeaturePenaltyWeight { get; init; } = 10;

    /// <summary>Factor of the gradient that reaches the convolutions of a waveform encoder.</summary>
    public double FeatureGradientScale { get; init; } = 0.1;

    /// <summary>Distractors of a masked frame.</summary>
    public int Distractors { get; init; } = 100;

    /// <summary>How a distractor with the positive's own codes counts; the paper's code does <c>Exclude</c>.</summary>
    public IdenticalDistractors IdenticalDistractors { get; init; } = IdenticalDistractors.Tie;

    /// <summary>Divides the cosine similarities.</summary>
    public double ContrastiveTemperature { get; init; } = 0.1;

    /// <summary>Masked spans for each frame of 20 ms: half of all frames are masked. Longer frames get as many spans a second.</summary>
    public double MaskStartProbability { get; init; } = 0.13;

    /// <summary>Frames of 20 ms of a span, rounded to the encoder's frames. wav2vec 2.0: 10, too many for a few hours of audio.</summary>
    public int MaskSpanFrames { get; init; } = 5;

    /// <summary>Spans of even a short utterance.</summary>
    public int MinMaskSpans { get; init; } = 2;

    /// <summary>
    /// The mel axis of the input is stretched or squeezed by up to this share, that of the targets is not, so the speaker's voice helps
    /// less; 0: off. Log-mel layouts only.
    /// </summary>
    public double FrequencyWarp { get; init; } = 0.15;

    /// <summary>Gumbel temperature of the first update.</summary>
    public double GumbelTemperature { get; init; } = 2;

    public double MinGumbelTemperature { get; init; } = 0.5;

    /// <summary>Factor of the Gumbel temperature at each update. The paper: 0.999995, over 400,000 larger updates.</summary>
    public double GumbelTemperatureDecay { get; init; } = 0.9999;

    /// <summary>Steps over which the learning rate rises from 0; then it is constant. The paper: 8 % of 400,000, then it falls.</summary>
    public int WarmUpSteps { get; init; } = 200;

    public double AdamBeta1 { get; init; } = 0.9;

    public double AdamBeta2 { get; init; } = 0.98;

    public double AdamEpsilon { get; init; } = 1e-6;

    /// <summary>Decoupled (AdamW).</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gradients are clipped to this norm.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Decay of the weight average, which is what is published; 0: none. A young run averages over fewer steps.</summary>
    public double AverageDecay { get; init; } = 0.999;

    /// <summary>Training waits until the replay store holds this much usable audio.</summary>
    public double MinStoredSeconds { get; init; } = 30;

    /// <summary>Steps over which figures are averaged before health is judged.</summary>
    public int HealthWindowSteps { get; init; } = 50;

    /// <summary>Share of the codes that must be in use (perplexity).</summary>
    public double MinCodeUse { get; init; } = 0.05;

    /// <summary>Steps after which losses at chance mean that training is stuck; a contrastive loss alone stayed there for 400.</summary>
    public long StuckAfterSteps { get; init; } = 2000;

    /// <summary>The same masks in frames of another length.</summary>
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

    /// <param name="peak">After the warm-up.</param>
    public double LearningRateAt(long step, double peak) => WarmUpSteps == 0 ? peak : peak * Math.Min(1, (step + 1) / (double)WarmUpSteps);

    /// <summary>How far the average moves towards the weights at a step.</summary>
    public double AverageShareAt(long step) => 1 - Math.Min(AverageDecay, (step + 1) / (step + 10.0));
}
