using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Ingest;

/// <summary>Options under <c>Ingest</c>.</summary>
public sealed class IngestOptions
{
    public const string Section = "Ingest";

    internal static readonly MovedSettings Moved = new MovedSettings()
        .Renamed($"{Section}:LongestClipSeconds", $"{Section}:{nameof(MaxClipSeconds)}")
        .Removed($"{Section}:OpenStreams", "each worker keeps up to 1000 streams open");

    /// <summary>Messages decoded at a time; those of one key keep their order. Default: one a core.</summary>
    [Range(1, 64)]
    public int Workers { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>A longer clip is refused.</summary>
    [Range(1, 36_000)]
    public double MaxClipSeconds { get; init; } = 1200;

    /// <summary>A clip whose end is missing: <c>Use</c> it up to there and count it, or <c>Refuse</c> it.</summary>
    public TruncatedAudio Truncated { get; init; } = TruncatedAudio.Use;

    /// <summary>False: what only ffmpeg reads (MP4, WebM, AAC, AMR, WMA, AC-3 ...) is refused.</summary>
    public bool UseFfmpeg { get; init; } = true;

    /// <summary>
    /// A stream of raw PCM has ended after this time without a message, from the end of its audio; its tail becomes a segment.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromSeconds(5);

    internal DecodeLimits Limits => DecodeLimits.Default with
    {
        MaxSeconds = MaxClipSeconds,
        Truncated = Truncated,
        UseFfmpeg = UseFfmpeg,
    };
}
