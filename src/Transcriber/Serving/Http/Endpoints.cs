using System.Diagnostics;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The paths of the contract. Each answer is counted; a failure of ours is logged and answered as the contract says.</summary>
static class Endpoints
{
    public static void Map(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Endpoints));
        var transcriptions = app.Services.GetRequiredService<TranscriptionEndpoint>();
        var models = app.Services.GetRequiredService<ModelsEndpoint>();

        app.MapPost("/v1/audio/transcriptions", Counted("transcriptions", async http =>
        {
            var started = Stopwatch.GetTimestamp();
            await transcriptions.HandleAsync(http);
            ServingMetrics.RequestTook(Stopwatch.GetElapsedTime(started));
        }));
        app.MapGet("/v1/models", Counted("models", models.ListAsync));
        app.MapGet("/v1/models/{id}", Counted("model", models.GetAsync));
        app.MapFallback("/v1/{**path}", Counted("unknown", http => ApiAnswer.WriteErrorAsync(http, ApiError.NotFound(http.Request.Path))));

        RequestDelegate Counted(string endpoint, Func<HttpContext, Task> handle) => async http =>
        {
            const int clientClosedRequest = 499; // nginx's code; nobody is there to read it
            var code = 0;
            try
            {
                await handle(http);
                code = http.Response.StatusCode;
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                code = clientClosedRequest;
            }
            catch (Exception e)
            {
                logger.RequestFailed(e, endpoint);
                code = StatusCodes.Status500InternalServerError;
                if (!http.Response.HasStarted)
                    await ApiAnswer.WriteErrorAsync(http, ApiError.Internal);
            }
            finally
            {
                ServingMetrics.Answered(endpoint, code);
            }
        };
    }
}
