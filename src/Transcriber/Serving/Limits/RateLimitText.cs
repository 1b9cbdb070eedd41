using System.Globalization;

namespace Ssl.Transcriber.Serving.Limits;

/// <summary>Durations as OpenAI's <c>x-ratelimit-reset</c> headers write them: <c>350ms</c>, <c>8.64s</c>, <c>6m0s</c>.</summary>
static class RateLimitText
{
    public static string Of(TimeSpan duration)
    {
        var ms = (long)Math.Ceiling(Math.Max(0, duration.TotalMilliseconds));
        return ms < 1000 ? $"{ms}ms"
            : ms < 60_000 ? $"{(ms / 1000.0).ToString("0.###", CultureInfo.InvariantCulture)}s"
            : $"{ms / 60_000}m{ms % 60_000 / 1000}s";
    }
}
