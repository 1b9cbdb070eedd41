using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Batching;

/// <summary>How much audio a step trains on. Section <c>Learner:Batch</c>.</summary>
sealed record BatchOptions
{
    /// <summary>Audio of a step in seconds; a processor does several steps of 20 s a second. wav2vec 2.0: 5,600, on 64 GPUs.</summary>
    [Range(1, 100_000)]
    public double AudioSeconds { get; init; } = 20;

    /// <summary>Parts that a step is computed in, one after the other: more need less memory, and the update stays the same.</summary>
    [Range(1, 1000)]
    public int MicroBatches { get; init; } = 1;

    /// <summary>Longest crop in seconds; wav2vec 2.0: 15.6.</summary>
    [Range(1, 30)]
    public double MaxCropSeconds { get; init; } = 5;
}
