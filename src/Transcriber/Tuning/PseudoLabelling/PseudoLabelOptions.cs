using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>Options under <c>Transcriber:PseudoLabels</c> (noisy student training, arXiv 2005.09629).</summary>
sealed record PseudoLabelOptions
{
    /// <summary>Whether recognizers are also trained on the champion's transcripts of the stream.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>Latest audio of the stream that the champion transcribes; held in memory during a fine-tuning (115 MB an hour).</summary>
    [Range(1.0, 1_000_000.0)]
    public double MaxAudioSeconds { get; init; } = 3600;
}
