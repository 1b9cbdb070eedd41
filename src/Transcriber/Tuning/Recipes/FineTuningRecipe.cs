using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Recipes;

/// <summary>Values of a fine-tuning, all measured (docs/lab). Durations are seconds of audio; a share is 0 to 1.</summary>
sealed record FineTuningRecipe : Recipe
{
    const double RatedAudioSeconds = 40;
    const double FirstRateShare = 0.01;
    const double LastRateShare = 0.05;

    public override string Name { get; init; } = "fine-tuning-2026-11";
    /// <summary>Peak rate of an update of 40 s. With t seconds, less, it is scaled by sqrt(t / 40) (Adam, arXiv 2205.10287).</summary>
    public double LearningRate { get; init; } = 2e-3;
    public double WeightDecay { get; init; } = 0.01;
    /// <summary>Longer gradients are scaled to this norm.</summary>
    public double GradientNorm { get; init; } = 1;
    public double Dropout { get; init; } = 0.1;
    /// <summary>bfloat16 matrix products where the hardware has them; losses stay in float.</summary>
    public bool Bf16 { get; init; } = true;
    /// <summary>Share of the budget in which the rate rises; then it is constant, then falls (wav2vec 2.0: 10, 40, 50 %).</summary>
    public double WarmUpShare { get; init; } = 0.1;
    public double HoldShare { get; init; } = 0.4;
    /// <summary>Share of the budget in which only a new CTC head is trained, because its first gradients harm the encoder.</summary>
    public double HeadOnlyShare { get; init; } = 0.1;
    /// <summary>Convolutions on the waveform are not trained (wav2vec 2.0, section 4.3); log-mel encoders have none.</summary>
    public bool FreezeFeatureEncoder { get; init; } = true;
    public double BatchAudioSeconds { get; init; } = 40;
    /// <summary>
    /// Updates that a limit of time should allow; batches shrink for it, to <see cref="MinBatchAudioSeconds"/> at least. With equal audio,
    /// 500 updates of 20 s gave a character error of 0.92 on telephone prompts, 1,000 of 10 s 0.78.
    /// </summary>
    public int MinUpdates { get; init; } = 1000;
    public double MinBatchAudioSeconds { get; init; } = 10;
    /// <summary>Share of the loss that is CTC on the middle layer through the same head (arXiv 2102.03216); 0: off.</summary>
    public double MiddleLossShare { get; init; } = 0.3;
    /// <summary>Share of frames at which a masked span starts.</summary>
    public double TimeMaskStarts { get; init; } = 0.015;
    /// <summary>Length of a masked span in frames of 20 ms, whatever the encoder's frame is.</summary>
    public int TimeMaskFrames { get; init; } = 10;
    /// <summary>Masked bands of mel channels in an utterance (SpecAugment, arXiv 1904.08779).</summary>
    public int ChannelMasks { get; init; } = 2;
    /// <summary>Maximum width of a band, as a share of the channels.</summary>
    public double ChannelMaskShare { get; init; } = 0.15;
    /// <summary>Recordings are also played slower and faster by this share (Ko et al. 2015).</summary>
    public double SpeedChange { get; init; } = 0.1;
    /// <summary>Maximum stretch of an utterance's mel axis (vocal tract length perturbation, Jaitly and Hinton 2013).</summary>
    public double FrequencyWarp { get; init; } = 0.1;
    /// <summary>
    /// Mean loss, in nats a letter, below which the model's word boundaries are used; to cut a recording, its own alignment must cost less
    /// too. Guessing letters by their frequency costs 2.8.
    /// </summary>
    public double WordsBelowLoss { get; init; } = 2;
    /// <summary>Maximum length of a recording; longer ones are cut between words. A single word may be longer. 0: no limit.</summary>
    public double PieceSeconds { get; init; } = 5;
    /// <summary>Share of the uses of a recording in which an utterance spliced from words of others replaces it; 0: never.</summary>
    public double SplicedShare { get; init; } = 0.5;
    /// <summary>Uses of a recording before it may be replaced.</summary>
    public int SpliceAfterUses { get; init; } = 20;
    /// <summary>Maximum number of consecutive words taken from one recording.</summary>
    public int MaxSplicedWords { get; init; } = 4;
    /// <summary>Letters in an n-gram of the labelled texts.</summary>
    public int LetterModelOrder { get; init; } = 6;
    /// <summary>Share of the transcribed recordings that become pseudo-labels: those of the highest confidence.</summary>
    public double KeptShare { get; init; } = 0.9;
    /// <summary>Share of true labels in the audio of an epoch with pseudo-labels; approximate, as repetitions are whole.</summary>
    public double TrueShare { get; init; } = 0.3;
    /// <summary>Epochs of the true labels alone that the updates must make if pseudo-labels are used; below, they do harm.</summary>
    public double MinEpochs { get; init; } = 10;
    /// <summary>Share of the time expected for a fine-tuning that transcribing for pseudo-labels may add.</summary>
    public double ListeningShare { get; init; } = 0.1;

    /// <summary>Learning rate of an update: linear rise, constant, exponential fall (fairseq's tri_stage).</summary>
    /// <param name="progress">Used share of the budget, 0 to 1.</param>
    /// <param name="audioSeconds">Audio that the update may hold.</param>
    public double LearningRateAt(double progress, double audioSeconds) =>
        LearningRate * Math.Sqrt(Math.Min(1, audioSeconds / RatedAudioSeconds)) * RateShareAt(progress);

    double RateShareAt(double progress)
    {
        if (progress < WarmUpShare)
            return FirstRateShare + (1 - FirstRateShare) * progress / WarmUpShare;
        var falling = WarmUpShare + HoldShare;
        return progress <= falling || falling >= 1 ? 1 : Math.Pow(LastRateShare, Math.Min(1, (progress - falling) / (1 - falling)));
    }
}
