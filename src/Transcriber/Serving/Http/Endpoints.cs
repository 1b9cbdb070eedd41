using System.Diagnostics;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The paths of the contract. Every answer is counted; an unhandled exception is logged and answered with 500.</summary>
static class Endpoints
{
    public static void Map(WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Endpoints));
        var transcriptions = app.Services.GetRequiredService<TranscriptionEndpoint>();
        var embeddings = app.Services.GetRequiredService<EmbeddingsEndpoint>();
        var models = app.Services.GetRequiredService<ModelsEndpoint>();

        Map("POST", "/v1/audio/transcriptions", "transcriptions", async http =>
        {
            var started = Stopwatch.GetTimestamp();
            await transcriptions.HandleAsync(http);
            ServingMetrics.RequestSeconds.Observe(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }).WithSummary("Text of a recording").ReadsForm<TranscriptionUpload>()
            .Produces<TranscriptionBody>(contentType: "application/json",
                additionalContentTypes: ["text/plain", "application/x-subrip", "text/vtt", "text/event-stream"])
            .ProducesErrors(400, 401, 403, 404, 413, 429, 500, 503);
        Map("POST", "/v1/audio/translations", "translations", http => ApiAnswer.WriteErrorAsync(http,
            ApiError.Unsupported("this service transcribes; it does not translate: use /v1/audio/transcriptions")))
            .WithSummary("Refused: nothing is translated here").ProducesErrors(400, 401, 403, 429);
        Map("POST", "/v1/audio/embeddings", "embeddings", embeddings.HandleAsync)
            .WithSummary("Vectors of a recording").ReadsForm<EmbeddingUpload>().Produces<EmbeddingListBody>()
            .ProducesErrors(400, 401, 403, 404, 413, 429, 500, 503);
        Map("GET", "/v1/models", "models", models.ListAsync).WithSummary("Versions, the one that serves first")
            .Produces<ModelListBody>().ProducesErrors(401, 403, 429);
        Map("GET", "/v1/models/{id}", "model", models.GetAsync).WithSummary("One version")
            .Produces<ModelBody>().ProducesErrors(401, 403, 404, 429);
        app.MapFallback("/v1/{**path}", Counted("unknown", http => ApiAnswer.WriteErrorAsync(http, ApiError.NotFound(http.Request.Path))));

        AdminPaths.Map(app.MapGroup("/admin").Needs(KeyScope.Admin), Counted);

        app.MapOpenApi();

        // Also without /v1, which is missing from many a client's base address; other methods get an error that names the right one.
        RouteHandlerBuilder Map(string method, string path, string endpoint, Func<HttpContext, Task> handle)
        {
            var handler = Counted(endpoint, handle);
            var wrong = Counted(endpoint, http =>
            {
                http.Response.Headers.Allow = method;
                return ApiAnswer.WriteErrorAsync(http, ApiError.WrongMethod(http.Request.Method, method));
            });
            Limited(app.MapMethods(path["/v1".Length..], [method], handler)).ExcludeFromDescription();
            if (method == "GET")
                Limited(app.MapMethods(path, ["HEAD"], handler)).ExcludeFromDescription();
            app.Map(path, wrong).ExcludeFromDescription();
            return Limited(app.MapMethods(path, [method], handler));

            RouteHandlerBuilder Limited(RouteHandlerBuilder mapped) =>
                method == "POST" ? mapped.Needs(KeyScope.Transcribe).TakesAudio() : mapped.Needs(KeyScope.Transcribe);
        }

        Delegate Counted(string endpoint, Func<HttpContext, Task> handle) => CountedRequest.Of(logger, endpoint, handle);
    }
}
