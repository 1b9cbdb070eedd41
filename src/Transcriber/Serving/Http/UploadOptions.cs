using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Options under <c>Transcriber:Upload</c>.</summary>
sealed record UploadOptions
{
    /// <summary>Largest file; more get 413. OpenAI's limit is 25 MB.</summary>
    [Range(1_024L, 2_000_000_000L)]
    public long MaxBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Longest recording; more get 400.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(60);
}
