using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>Options under <c>Transcriber:Live</c>.</summary>
sealed record LiveOptions
{
    /// <summary>Live sessions at a time; more get 429. 0: none are accepted.</summary>
    [Range(0, 10_000)]
    public int MaxSessions { get; init; } = 16;
    /// <summary>A session in which the client sends nothing for so long is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>A session is closed after so long. OpenAI's limit is an hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>15 MiB of audio, OpenAI's limit, as base64.</summary>
    internal int MaxMessageBytes { get; init; } = 20 * 1024 * 1024 + 64 * 1024;
    /// <summary>A client that takes no event for so long is cut off.</summary>
    internal TimeSpan SendLimit { get; init; } = TimeSpan.FromSeconds(20);
}
