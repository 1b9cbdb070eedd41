using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Ingest;

/// <summary>Options under <c>Ingest</c>.</summary>
public sealed class IngestOptions
{
    public const string Section = "Ingest";

    internal static readonly MovedSettings Moved = new MovedSettings().Renamed($"{Section}:LongestClipSeconds", $"{Section}:{nameof(MaxClipSeconds)}");

    /// <summary>Messages decoded at a time; those of one key keep their order. Default: one a core.</summary>
    [Range(1, 64)]
    public int Workers { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>A longer clip is refused.</summary>
    [Range(1, 36_000)]
    public double MaxClipSeconds { get; init; } = 1200;

    /// <summary>A stream of raw PCM has ended after this time without a message; its tail becomes a segment.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Open streams of raw PCM of each worker; beyond it the one that was silent for the longest time is ended.</summary>
    [Range(1, 100_000)]
    public int OpenStreams { get; init; } = 1000;

    internal DecodeLimits Limits => DecodeLimits.Default with { LongestSeconds = MaxClipSeconds };
}
