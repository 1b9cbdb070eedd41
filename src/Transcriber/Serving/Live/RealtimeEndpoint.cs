using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Keys;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Live;

/// <summary><c>GET /v1/realtime</c>: accepts a WebSocket for a live session, or says why not before it is one.</summary>
sealed class RealtimeEndpoint(
    ModelCatalog catalog, LiveSessions sessions, LiveRecognition recognition, IHostApplicationLifetime lifetime,
    TimeProvider clock, ServingOptions serving, KeyRing keys, ILogger<RealtimeEndpoint> logger)
{
    const string Subprotocol = "realtime"; // a key may come as another one that is offered
    static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);
    static readonly TimeSpan PongLimit = TimeSpan.FromSeconds(20);
    static readonly TimeSpan CheckKeyEvery = TimeSpan.FromSeconds(2);

    public async Task HandleAsync(HttpContext http)
    {
        if (await RefusalAsync(http) is { } error)
        {
            await ApiAnswer.WriteErrorAsync(http, error);
            return;
        }
        if (!sessions.TryOpen())
        {
            await ApiAnswer.WriteErrorAsync(http, ApiError.QueueFull with { Message = "too many live sessions are open" });
            return;
        }
        var end = SessionEnd.Failed;
        try
        {
            end = await RunAsync(http);
        }
        finally
        {
            sessions.Closed(end);
        }
    }

    async Task<SessionEnd> RunAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = http.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol) ? Subprotocol : null,
            KeepAliveInterval = PingEvery,
            KeepAliveTimeout = PongLimit,
        });
        var settings = new SessionSettings { Model = Model(http) };
        using var session = new LiveSession(socket, settings, sessions.Options, catalog, clock, http.Admission());
        var key = http.Key();
        await using var watch = clock.CreateTimer(_ => EndIfRevoked(session, key), null, CheckKeyEvery, CheckKeyEvery);
        var end = await session.RunAsync(recognition, lifetime.ApplicationStopping);
        if (session.Failure is { } failure)
            logger.SessionFailed(failure);
        return end;
    }

    void EndIfRevoked(LiveSession session, ApiKey? key)
    {
        if (!keys.Allows(key, KeyScope.Transcribe))
            session.Revoke();
    }

    async Task<ApiError?> RefusalAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            return Refused(StatusCodes.Status426UpgradeRequired,
                "this path is for WebSockets: send the headers Connection: Upgrade and Upgrade: websocket", "websocket_required");
        if (http.Request.Query["intent"].ToString() is not ("" or "transcription") and var intent)
            return ApiError.Invalid($"the intent '{intent}' is not supported: sessions here transcribe", "intent", "unsupported_value");
        if (!IsAllowed(http.Request))
            return Refused(StatusCodes.Status403Forbidden,
                "pages of this origin may not open live sessions; the setting is Transcriber:Serving:AllowedOrigins", "origin_not_allowed");
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return ApiError.NotReady("the service is stopping");
        var outcome = await catalog.LeaseAsync(Model(http), http.RequestAborted);
        outcome.Lease?.Dispose();
        return outcome.Lease is not null ? null
            : outcome.IsUnknown ? ApiError.UnknownModel(outcome.Reason) : ApiError.NotReady(outcome.Reason);
    }

    static ApiError Refused(int status, string message, string code) => ApiError.Invalid(message, null, code) with { Status = status };

    static string Model(HttpContext http) => http.Request.Query["model"].ToString() is { Length: > 0 } model ? model : ModelId.Name;

    /// <summary>A browser lets every page open WebSockets to anywhere; only what it says of the page tells them apart.</summary>
    bool IsAllowed(HttpRequest request) => request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || serving.Origins.Any(o => o == "*" || o.Equals(origin, StringComparison.OrdinalIgnoreCase))
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == request.Host.Value);
}
