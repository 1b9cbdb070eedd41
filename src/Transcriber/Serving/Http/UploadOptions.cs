using System.ComponentModel.DataAnnotations;
using Ssl.Shared.Foundation.Audio;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Options under <c>Transcriber:Upload</c>.</summary>
sealed record UploadOptions
{
    /// <summary>Maximum size of a file; a larger one gets 413. OpenAI's limit is 25 MB.</summary>
    [Range(1_024L, 2_000_000_000L)]
    public long MaxBytes { get; init; } = 25 * 1024 * 1024;
    /// <summary>Maximum length of a recording; a longer one gets 400.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>A recording whose end is missing: <c>Use</c> it up to there with a warning header, or <c>Refuse</c> it with 400.</summary>
    public TruncatedAudio Truncated { get; init; } = TruncatedAudio.Use;

    /// <summary>False: what only ffmpeg reads (MP4, WebM, AAC, AMR, WMA, AC-3 ...) is refused.</summary>
    public bool UseFfmpeg { get; init; } = true;

    internal DecodeLimits Limits => new() { MaxSeconds = MaxDuration.TotalSeconds, Truncated = Truncated, UseFfmpeg = UseFfmpeg };
}
