using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Options under <c>Transcriber:Labels</c>, and of each line under <c>Transcriber:Lines:{name}:Labels</c>.</summary>
sealed record LabelOptions
{
    /// <summary><c>manifest.jsonl</c> of the labelled set; none: the labels of the topic <c>audio.labeled</c> alone.</summary>
    public string? ManifestPath { get; init; }
    /// <summary>Split to train on.</summary>
    [Required]
    public string TrainSplit { get; init; } = "train";
    /// <summary>Split that is held out from training: half of it is the gate, half the hidden gate. Empty: none.</summary>
    [Required(AllowEmptyStrings = true)]
    public string HeldOutSplit { get; init; } = "test";
    /// <summary>Share held out, half for each gate, of labels without a split; of the training split if nothing names another.</summary>
    [Range(0.01, 0.9)]
    public double HeldOutShare { get; init; } = 0.2;
    /// <summary>Case of the letters that are learnt and transcribed.</summary>
    public LetterCase Case { get; init; } = LetterCase.Lower;
    /// <summary>Whether punctuation is learnt and transcribed.</summary>
    public Punctuation Punctuation { get; init; } = Punctuation.Drop;
    /// <summary>A recording whose end is missing: <c>Use</c> it up to there and name the line, or <c>Refuse</c> it.</summary>
    public TruncatedAudio Truncated { get; init; } = TruncatedAudio.Use;
    internal TextPolicy Policy => new(Case, Punctuation);
}
