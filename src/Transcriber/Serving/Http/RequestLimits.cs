using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Serving.Limits;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>
/// Limits a caller: 429 with <c>Retry-After</c>, and on every answer OpenAI's <c>x-ratelimit</c> headers, with seconds of audio in place of
/// its tokens.
/// </summary>
static class RequestLimits
{
    const string MetricsLabel = "limited"; // no endpoint was reached
    const string Prefix = "x-ratelimit-";

    public static readonly string[] Headers =
    [
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-audio-seconds", "x-ratelimit-remaining-audio-seconds", "x-ratelimit-reset-audio-seconds",
    ];

    sealed record TakesAudioMark;
    sealed record LiveMark;

    /// <summary>The path is refused to callers whose quota of audio is used up.</summary>
    public static T TakesAudio<T>(this T path) where T : IEndpointConventionBuilder => path.WithMetadata(new TakesAudioMark());

    /// <summary>A WebSocket of the path is a live session, and none of its caller's concurrent requests.</summary>
    public static T IsLive<T>(this T path) where T : IEndpointConventionBuilder => path.WithMetadata(new LiveMark());

    /// <summary>Behind the look-up of keys and before their check: a caller without a needed key is limited by its address.</summary>
    public static void UseLimits(this WebApplication app)
    {
        var (ring, limits) = (app.Services.GetRequiredService<KeyRing>(), app.Services.GetRequiredService<CallerLimits>());
        ServingMetrics.Answers(MetricsLabel, StatusCodes.Status429TooManyRequests);
        ServingMetrics.Limited.AtZero(Enum.GetValues<LimitKind>().Select(Label));
        app.Use(async (http, next) =>
        {
            if (KeyRequirement.ScopeOf(http.GetEndpoint()) is not (KeyScope.Transcribe or KeyScope.Admin))
            {
                await next(http);
                return;
            }
            var caller = Caller.Of(http.Key(), http.Connection.RemoteIpAddress, ring);
            var marks = http.GetEndpoint()!.Metadata; // the header Upgrade alone is anybody's to send
            var isLive = http.WebSockets.IsWebSocketRequest && marks.GetMetadata<LiveMark>() is not null;
            using var admission = limits.Admit(caller, isLive, takesAudio: marks.GetMetadata<TakesAudioMark>() is not null);
            http.Features.Set(admission);
            WriteHeaders(http, admission);
            if (admission.Exceeded is not { } over)
            {
                await next(http);
                return;
            }
            ServingMetrics.Answered(MetricsLabel, StatusCodes.Status429TooManyRequests);
            await ApiAnswer.WriteErrorAsync(http, Refuse(over));
        });
    }

    /// <summary>Uses seconds of audio; null: some were left before.</summary>
    public static ApiError? UseAudio(this HttpContext http, double seconds)
    {
        var admission = http.Admission();
        var over = admission.TryUse(seconds);
        WriteHeaders(http, admission);
        return over is null ? null : Refuse(over);
    }

    public static Admission Admission(this HttpContext http) => http.Features.GetRequiredFeature<Admission>();

    static ApiError Refuse(LimitExceeded over)
    {
        ServingMetrics.Limited.WithLabels(Label(over.Kind)).Inc();
        return ApiError.Limited(over.Message, Label(over.Kind), over.RetryAfter);
    }

    static void WriteHeaders(HttpContext http, Admission admission)
    {
        if (http.Response.HasStarted)
            return;
        if (admission.RequestLimit is { } limit)
            Write("requests", limit, admission.RequestsLeft ?? limit, admission.RequestReset);
        if (admission.Audio is { } audio)
            Write("audio-seconds", audio.LimitSeconds, Math.Max(0, audio.LeftSeconds), audio.Reset);

        void Write(string unit, int of, double left, TimeSpan reset)
        {
            http.Response.Headers[$"{Prefix}limit-{unit}"] = of.ToString(CultureInfo.InvariantCulture);
            http.Response.Headers[$"{Prefix}remaining-{unit}"] = Math.Floor(left).ToString(CultureInfo.InvariantCulture);
            http.Response.Headers[$"{Prefix}reset-{unit}"] = RateLimitText.Of(reset);
        }
    }

    public static string Label(LimitKind kind) => kind switch
    {
        LimitKind.Requests => "requests",
        LimitKind.AudioSeconds => "audio_seconds",
        LimitKind.ConcurrentRequests => "concurrent_requests",
        _ => "live_sessions",
    };
}
