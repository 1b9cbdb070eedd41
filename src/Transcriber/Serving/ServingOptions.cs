using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving;

/// <summary>Options under <c>Transcriber:Serving</c>.</summary>
sealed record ServingOptions
{
    /// <summary>Threads that run the recognizer, each on one core.</summary>
    [Range(1, 256)]
    public int Workers { get; init; } = 1;

    /// <summary>Requests that may wait; more get 429.</summary>
    [Range(1, 100_000)]
    public int QueueCapacity { get; init; } = 64;

    /// <summary>Max. pieces of audio in one forward pass.</summary>
    [Range(1, 256)]
    public int BatchSize { get; init; } = 8;

    /// <summary>Max. audio in one forward pass, in seconds, unless a single piece is longer.</summary>
    [Range(1.0, 600.0)]
    public double BatchAudioSeconds { get; init; } = 20;

    /// <summary>From the whole upload to the answer; a request that takes longer gets 503.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What <c>Retry-After</c> says while there is no recognizer yet.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfterNoModel { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What <c>Retry-After</c> says when the queue is full.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfterQueueFull { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Versions other than the champion that stay loaded for requests that name them.</summary>
    [Range(1, 64)]
    public int OtherModels { get; init; } = 2;

    internal int BatchSamples => (int)(BatchAudioSeconds * AudioFormat.SampleRateHz);
}
