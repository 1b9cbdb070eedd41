using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Ingest;

/// <summary>Options under <c>Ingest</c>.</summary>
public sealed class IngestOptions
{
    public const string Section = "Ingest";

    /// <summary>Messages decoded at the same time; those of one key keep their order.</summary>
    [Range(1, 64)]
    public int Workers { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>A longer clip is refused (seconds).</summary>
    [Range(1, 36_000)]
    public double LongestClipSeconds { get; init; } = 1200;

    /// <summary>After so long without a message, a stream of raw PCM is taken to have ended and its tail becomes a segment.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams of raw PCM that are open at the same time, a worker; beyond it the one that was silent longest is ended.</summary>
    [Range(1, 100_000)]
    public int OpenStreams { get; init; } = 1000;

    internal DecodeLimits Limits => DecodeLimits.Default with { LongestSeconds = LongestClipSeconds };
}
