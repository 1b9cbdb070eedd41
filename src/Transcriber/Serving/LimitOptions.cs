using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving;

/// <summary>
/// What one caller may use, under <c>Transcriber:Serving:KeyLimits</c>, <c>:AnonymousLimits</c> and <c>:Keys:{name}:Limits</c>; an edit of
/// the file holds within seconds. What is not set is not limited.
/// </summary>
sealed record LimitOptions
{
    /// <summary>Requests a minute, and at once after a minute of rest; more get 429.</summary>
    [Range(1, 1_000_000)]
    public int? RequestsPerMinute { get; init; }
    /// <summary>Seconds of audio a minute. A recording is accepted while any are left, and the next wait until it is paid off.</summary>
    [Range(1, 10_000_000)]
    public int? AudioSecondsPerMinute { get; init; }
    /// <summary>Seconds of audio an hour, as above.</summary>
    [Range(1, 100_000_000)]
    public int? AudioSecondsPerHour { get; init; }
    /// <summary>Requests that are answered at a time.</summary>
    [Range(1, 100_000)]
    public int? ConcurrentRequests { get; init; }
    /// <summary>Live sessions (<c>/v1/realtime</c>) at a time.</summary>
    [Range(1, 10_000)]
    public int? LiveSessions { get; init; }

    /// <summary>These, and where one is not set that of <paramref name="usual"/>.</summary>
    internal LimitOptions Or(LimitOptions usual) => new()
    {
        RequestsPerMinute = RequestsPerMinute ?? usual.RequestsPerMinute,
        AudioSecondsPerMinute = AudioSecondsPerMinute ?? usual.AudioSecondsPerMinute,
        AudioSecondsPerHour = AudioSecondsPerHour ?? usual.AudioSecondsPerHour,
        ConcurrentRequests = ConcurrentRequests ?? usual.ConcurrentRequests,
        LiveSessions = LiveSessions ?? usual.LiveSessions,
    };
}
