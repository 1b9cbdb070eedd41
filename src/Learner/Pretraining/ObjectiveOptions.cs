using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Pretraining;

/// <summary>What is masked, and what the encoder is asked about it. Section <c>Learner:Objectives</c>. Defaults are wav2vec 2.0's where the text names no other.</summary>
sealed record ObjectiveOptions
{
    const double MaskFrameSeconds = 0.02;

    /// <summary>Weight of the contrastive loss, 0 (off) to 100. Default 1.</summary>
    [Range(0, 100)]
    public double ContrastiveWeight { get; init; } = 1;

    /// <summary>Weight of the diversity loss beside a contrastive loss of 1, 0 to 100. Default 0.1.</summary>
    [Range(0, 100)]
    public double DiversityWeight { get; init; } = 0.1;

    /// <summary>Weight of masked prediction (BEST-RQ, w2v-BERT), 0 (off) to 100. Default 1: both objectives together did better than one.</summary>
    [Range(0, 100)]
    public double MaskedPredictionWeight { get; init; } = 1;

    /// <summary>Weight of the mean square of a waveform encoder's features beside a contrastive loss of 1, 0 to 1,000. Default 10, as the paper's code; log-mel has none.</summary>
    [Range(0, 1000)]
    public double FeaturePenaltyWeight { get; init; } = 10;

    /// <summary>How much of the gradient reaches the convolutions of a waveform encoder, 0 to 1. Default 0.1, as the paper.</summary>
    [Range(0, 1)]
    public double FeatureGradientScale { get; init; } = 0.1;

    /// <summary>Distractors of a masked frame, 1 to 1,000. Default 100.</summary>
    [Range(1, 1000)]
    public int Distractors { get; init; } = 100;

    /// <summary>What a distractor with the positive's own codes counts. Default <c>Tie</c>; the paper's code does <c>Exclude</c>.</summary>
    public IdenticalDistractors IdenticalDistractors { get; init; } = IdenticalDistractors.Tie;

    /// <summary>Divides the cosine similarities, 0.01 to 10. Default 0.1.</summary>
    [Range(0.01, 10)]
    public double ContrastiveTemperature { get; init; } = 0.1;

    /// <summary>Share of the frames of 20 ms at which a masked span begins, 0.001 to 1. Default 0.13, which with the default span masks half. An encoder with longer frames gets as many spans a second.</summary>
    [Range(0.001, 1)]
    public double MaskStartProbability { get; init; } = 0.13;

    /// <summary>Frames of 20 ms of a span, 1 to 100. Default 5: 100 ms, to the nearest whole number of the encoder's frames; wav2vec 2.0 takes 10, which a few hours of audio do not teach to fill in (docs/lab).</summary>
    [Range(1, 100)]
    public int MaskSpanFrames { get; init; } = 5;

    /// <summary>Spans that even a short utterance gets, 1 to 100. Default 2.</summary>
    [Range(1, 100)]
    public int MinMaskSpans { get; init; } = 2;

    /// <summary>
    /// The encoder hears each utterance with its mel axis stretched or squeezed by up to this share, and is asked for the frames as they were: who speaks is of less help then. 0 (off) to 0.5.
    /// Default 0.15. Log-mel layouts only.
    /// </summary>
    [Range(0, 0.5)]
    public double FrequencyWarp { get; init; } = 0.15;

    /// <summary>Gumbel temperature of the first update, 0.01 to 10. Default 2.</summary>
    [Range(0.01, 10)]
    public double GumbelTemperature { get; init; } = 2;

    /// <summary>It falls no lower than this, 0.01 to 10. Default 0.5.</summary>
    [Range(0.01, 10)]
    public double MinGumbelTemperature { get; init; } = 0.5;

    /// <summary>Factor of the Gumbel temperature an update, 0.9 to 1. Default 0.9999; the paper takes 0.999995 over 400,000 larger updates.</summary>
    [Range(0.9, 1)]
    public double GumbelTemperatureDecay { get; init; } = 0.9999;

    /// <summary>The same masks in frames of another length.</summary>
    public ObjectiveOptions ForFrames(double frameSeconds)
    {
        var times = frameSeconds / MaskFrameSeconds;
        return this with { MaskStartProbability = Math.Min(1, MaskStartProbability * times), MaskSpanFrames = Math.Max(1, (int)Math.Round(MaskSpanFrames / times)) };
    }

    /// <summary>The temperature after so many updates.</summary>
    public double GumbelTemperatureAt(long step) => Math.Max(MinGumbelTemperature, GumbelTemperature * Math.Pow(GumbelTemperatureDecay, step));
}
