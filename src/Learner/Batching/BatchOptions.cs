using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Batching;

/// <summary>How much audio a step trains on. Section <c>Learner:Batch</c>.</summary>
sealed record BatchOptions
{
    /// <summary>Seconds of audio in a step; a CPU does several steps of 20 s a second. wav2vec 2.0: 5,600, on 64 GPUs.</summary>
    [Range(1, 100_000)]
    public double AudioSeconds { get; init; } = 20;

    /// <summary>Maximum length of a crop in seconds; wav2vec 2.0: 15.6.</summary>
    [Range(1, 30)]
    public double MaxCropSeconds { get; init; } = 5;

    /// <summary>
    /// Max. audio of a forward pass: a larger step is computed in micro-batches, with the same update. Not a setting. wav2vec 2.0, section
    /// 4.2: 1.4 million samples of <c>Base</c> on a GPU of 16 GB.
    /// </summary>
    internal double MicroBatchSeconds { get; init; } = 87.5;
}
