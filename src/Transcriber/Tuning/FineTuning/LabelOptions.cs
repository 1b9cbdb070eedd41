using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Options under <c>Transcriber:Labels</c>.</summary>
sealed record LabelOptions
{
    /// <summary><c>manifest.jsonl</c> of the labelled set; none: no fine-tuning.</summary>
    public string? ManifestPath { get; init; }

    /// <summary>Split to train on.</summary>
    [Required]
    public string TrainSplit { get; init; } = "train";

    /// <summary>Split that the gate scores on. If no line belongs to it, a share of the training split is held out.</summary>
    [Required(AllowEmptyStrings = true)]
    public string HeldOutSplit { get; init; } = "test";

    /// <summary>Share of the training split that is held out where no line belongs to the held-out split.</summary>
    [Range(0.01, 0.9)]
    public double HeldOutShare { get; init; } = 0.2;

    /// <summary>What that share is of: recordings, or speakers (every line then needs its <c>speaker</c>).</summary>
    public HoldOutBy HoldOutBy { get; init; } = HoldOutBy.Recording;

    /// <summary>Longer recordings are left out: memory grows with the square of the length.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan LongestRecording { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an absent or unusable manifest is read again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RetryEvery { get; init; } = TimeSpan.FromSeconds(10);
}
