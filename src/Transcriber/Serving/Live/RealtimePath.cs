using Ssl.Transcriber.Serving.Http;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>The path of live sessions.</summary>
static class RealtimePath
{
    public static void Map(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RealtimePath));
        var realtime = app.Services.GetRequiredService<RealtimeEndpoint>();
        app.MapGet("/v1/realtime", CountedRequest.Of(logger, "realtime", realtime.HandleAsync))
            .WithSummary("WebSocket: text of speech while it is spoken, by OpenAI's events of realtime transcription")
            .Produces(StatusCodes.Status101SwitchingProtocols).ProducesErrors(400, 401, 403, 404, 426, 429, 503)
            .Needs(KeyScope.Transcribe).TakesAudio().IsLive();
    }
}
