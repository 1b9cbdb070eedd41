using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Batching;

/// <summary>How much audio a step trains on. Section <c>Learner:Batch</c>.</summary>
sealed record BatchOptions
{
    /// <summary>Audio seconds a step, 1 to 100,000. Default 20, which a processor does several times a second; wav2vec 2.0 takes 5,600 (1.56 h), on 64 GPUs.</summary>
    [Range(1, 100_000)]
    public double AudioSeconds { get; init; } = 20;

    /// <summary>Parts that a step is computed in, one after the other, 1 to 1,000. Default 1. More need less memory; the update stays the same.</summary>
    [Range(1, 1000)]
    public int MicroBatches { get; init; } = 1;

    /// <summary>Longest crop in seconds, 1 to 30. Default 5; wav2vec 2.0 takes 15.6.</summary>
    [Range(1, 30)]
    public double MaxCropSeconds { get; init; } = 5;

    /// <summary>Training waits until the replay store holds so many seconds, 1 to 100,000. Default 30.</summary>
    [Range(1, 100_000)]
    public double MinStoredSeconds { get; init; } = 30;
}
