using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>
/// Options under <c>Transcriber:PseudoLabels</c>: the champion's own transcripts of the stream, read by letters alone (<see cref="Ssl.Shared.Speech.Decoding.TextReading.Letters"/>), learnt from beside the true labels (noisy student, arXiv 2005.09629).
/// The gate sees true labels only; after a candidate that it refused, the next one is made without.
/// </summary>
sealed record PseudoLabelOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Audio of the stream that is listened to, the latest; in memory while a fine-tuning goes on (115 MB an hour).</summary>
    [Range(1.0, 1_000_000.0)]
    public double MostAudioSeconds { get; init; } = 3600;

    /// <summary>Share of the recordings that is learnt from: those that the champion is surest of, by the mean over frames of its best label's probability.</summary>
    [Range(0.01, 1.0)]
    public double KeptShare { get; init; } = 0.9;

    /// <summary>Share of the audio with true labels, which are repeated for it a whole number of times.</summary>
    [Range(0.01, 0.99)]
    public double TrueShare { get; init; } = 0.3;

    /// <summary>
    /// Pseudo-labels are used where the fine-tuning would hear each true label, were there no others, at least so many times; where labels are too many for that, pseudo-labels take the place of true ones
    /// and do harm (docs/lab-notes.md). 0: always.
    /// </summary>
    [Range(0.0, 1_000_000.0)]
    public double LeastEpochs { get; init; } = 10;

    /// <summary>Share of the budget of a fine-tuning that listening may take before it; what was not heard by then is left out.</summary>
    [Range(0.0, 1.0)]
    public double ListeningShare { get; init; } = 0.1;

    /// <param name="heardSeconds">Audio that the fine-tuning will have trained on, repetitions counted.</param>
    /// <param name="labelSeconds">Audio with true labels.</param>
    public bool AreWorthIt(double heardSeconds, double labelSeconds) => Enabled && heardSeconds >= LeastEpochs * labelSeconds;
}
