using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Options under <c>Transcriber:FineTuning</c>. The recipe was measured (docs/lab-notes.md): labels are few, so frames are masked, voices changed, and the rate falls to the end.</summary>
sealed record FineTuningOptions
{
    const double RatedAudioSeconds = 40;

    public bool Enabled { get; init; } = true;

    /// <summary>Time for the first recognizer of a registry: something that serves, soon.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan FirstBudget { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time for each later one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Updates after which it ends even if time is left; 0: time alone decides. With a limit that is reached in time, the result depends on the seed and on what is learnt from alone.</summary>
    [Range(0, 10_000_000)]
    public int MaxUpdates { get; init; }

    /// <summary>Cores that fine-tuning may use.</summary>
    [Range(1, 256)]
    public int Threads { get; init; } = 1;

    /// <summary>Unix niceness of its thread: requests go first. 5 leaves it a third of an equal share where all cores are busy; 10 would leave it a tenth.</summary>
    [Range(0, 19)]
    public int Niceness { get; init; } = 5;

    /// <summary>Matrix products in bfloat16 where the processor or GPU computes those itself; the loss stays in float.</summary>
    public bool Bf16 { get; init; } = true;

    [Range(0, int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Rate at its peak where an update may hold 40 s of audio or more. Where it may hold less, t seconds, the rate is smaller, by the square root of t / 40 (Adam's rule, arXiv 2205.10287): half at 10 s (docs/lab-notes.md).</summary>
    [Range(1e-6, 1.0)]
    public double LearningRate { get; init; } = 2e-3;

    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Audio in one update.</summary>
    [Range(1.0, 10_000.0)]
    public double BatchAudioSeconds { get; init; } = 40;

    /// <summary>Updates that a budget of time should hold; where this machine is too slow for that, an update gets less audio (telephone prompts, the same audio in all: character error 0.92 with 500 updates of 20 s, 0.78 with 1,000 of 10 s).</summary>
    [Range(1, 1_000_000)]
    public int LeastUpdates { get; init; } = 1000;

    /// <summary>Least audio that an update gets for that reason.</summary>
    [Range(1.0, 10_000.0)]
    public double LeastBatchAudioSeconds { get; init; } = 10;

    /// <summary>Top layers that start anew where no former recognizer is gone on from: the longer one pretrains, the more these turn away from speech sounds (arXiv 2107.04734).</summary>
    [Range(0, 100)]
    public int ResetLayers { get; init; }

    /// <summary>
    /// Each round goes on where the last one ended, where it spells with the same letters: the head begins as the champion's, and the new encoder's weights are moved as
    /// fine-tuning moved those of the champion's encoder. Most of a short budget otherwise goes into learning again what was known (docs/lab-notes.md).
    /// </summary>
    public bool WarmStart { get; init; } = true;

    /// <summary>Share of the budget in which only a new head and the layers that start anew learn, so that their first gradients do not spoil what was pretrained.</summary>
    [Range(0.0, 1.0)]
    public double HeadOnlyShare { get; init; } = 0.1;

    /// <summary>The convolutions of a waveform encoder stay as they were pretrained (wav2vec 2.0, section 4.3); log-mel encoders have none.</summary>
    public bool FreezeFeatureEncoder { get; init; } = true;

    /// <summary>Shares of the budget in which the rate rises and stays; then it falls (tri-stage, wav2vec 2.0: 10, 40, 50 %).</summary>
    [Range(0.0, 1.0)]
    public double WarmUpShare { get; init; } = 0.1;

    [Range(0.0, 1.0)]
    public double HoldShare { get; init; } = 0.4;

    [Range(0.0, 0.9)]
    public double Dropout { get; init; } = 0.1;

    /// <summary>Share of frames at which a masked span starts.</summary>
    [Range(0.0, 1.0)]
    public double TimeMaskStarts { get; init; } = 0.015;

    /// <summary>Frames of 20 ms of a masked span, whatever the encoder's frame.</summary>
    [Range(1, 1_000)]
    public int TimeMaskFrames { get; init; } = 10;

    /// <summary>Bands of mel channels blanked in each utterance (SpecAugment, arXiv 1904.08779).</summary>
    [Range(0, 10)]
    public int ChannelMasks { get; init; } = 2;

    /// <summary>Widest such band, as a share of all channels.</summary>
    [Range(0.0, 1.0)]
    public double ChannelMaskShare { get; init; } = 0.15;

    /// <summary>Recordings are also played faster and slower by up to this share (arXiv: Ko 2015, 0.1).</summary>
    [Range(0.0, 0.5)]
    public double SpeedChange { get; init; } = 0.1;

    /// <summary>The mel axis is stretched and squeezed by up to this share, each utterance anew: other vocal tracts (Jaitly and Hinton 2013).</summary>
    [Range(0.0, 0.5)]
    public double FrequencyWarp { get; init; } = 0.1;

    /// <summary>
    /// Loss in nats a letter above which a model does not know where words lie, and nothing is spliced or cut by it: the mean of its last updates, and of each recording that is to be cut that of the most probable alignment.
    /// Guessing letters by how frequent they are costs 2.8.
    /// </summary>
    [Range(0.0, 100.0)]
    public double WordsBelowLoss { get; init; } = 2;

    /// <summary>
    /// Longest piece in seconds, but for a long word or pause; longer recordings are cut between words, 0: never. Words lie where the recognizer that is gone on from has them, or, once it knows them
    /// (<see cref="WordsBelowLoss"/>), the one that is being taught; of pseudo-labels, where they were heard.
    /// </summary>
    [Range(0.0, 10_000.0)]
    public double PieceSeconds { get; init; } = 5;

    /// <summary>
    /// Where a recording was heard often, share of its further turns in which another utterance is put together in its place, of words from several recordings, 0 (none) to 0.9. Labels that are few are otherwise learnt by heart, sentence by sentence (docs/lab-notes.md).
    /// Texts without spaces have no words to cut out.
    /// </summary>
    [Range(0.0, 0.9)]
    public double SplicedShare { get; init; } = 0.5;

    /// <summary>Times that a recording is heard as it is before that.</summary>
    [Range(0, 1_000_000)]
    public int SpliceAfterHearings { get; init; } = 20;

    /// <summary>Most words of one piece.</summary>
    [Range(1, 1_000)]
    public int SplicedWords { get; init; } = 4;

    /// <summary>
    /// The recognizer reads its text off the letters with an n-gram model of the labelled texts: letters in an n-gram, 1 to 12; 0: none, the best label of each frame is taken.
    /// </summary>
    [Range(0, 12)]
    public int LetterModelOrder { get; init; } = 6;

    /// <summary>
    /// Share of the loss that comes from letters read off the middle layer by the same head, 0 (off) to 0.9; only training has it (Lee and Watanabe 2021, arXiv 2102.03216). Off for encoders whose layers do not end in a norm (<c>do_stable_layer_norm</c>).
    /// </summary>
    [Range(0.0, 0.9)]
    public double MiddleLossShare { get; init; } = 0.3;

    /// <summary>Gradients longer than this are shortened to it.</summary>
    [Range(0.01, 1_000.0)]
    public double GradientNorm { get; init; } = 1;

    /// <summary>Rate at its peak.</summary>
    /// <param name="audioSeconds">What an update may hold.</param>
    public double LearningRateFor(double audioSeconds) => LearningRate * Math.Sqrt(Math.Min(1, audioSeconds / RatedAudioSeconds));
}
