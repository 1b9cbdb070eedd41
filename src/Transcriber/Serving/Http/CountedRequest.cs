namespace Ssl.Transcriber.Serving.Http;

/// <summary>Counts a path's answers by code; an unhandled exception is logged and answered with 500.</summary>
static class CountedRequest
{
    const int ClientClosedRequest = 499; // nginx's code; nobody is there to read it

    /// <param name="endpoint">Label of the metric.</param>
    public static Delegate Of(ILogger logger, string endpoint, Func<HttpContext, Task> handle)
    {
        ServingMetrics.Answers(endpoint, StatusCodes.Status200OK, StatusCodes.Status429TooManyRequests,
            StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable);
        return (HttpContext http) => HandleAsync(logger, endpoint, handle, http);
    }

    static async Task HandleAsync(ILogger logger, string endpoint, Func<HttpContext, Task> handle, HttpContext http)
    {
        var code = 0;
        try
        {
            await handle(http);
            code = http.Response.StatusCode;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            code = ClientClosedRequest;
        }
        catch (Exception e)
        {
            logger.RequestFailed(e, endpoint);
            code = StatusCodes.Status500InternalServerError;
            if (!http.Response.HasStarted)
                await ApiAnswer.WriteErrorAsync(http, ApiError.Internal);
            else if (http.Response.ContentType == TranscriptEvents.ContentType)
                await TranscriptEvents.WriteErrorAsync(http, ApiError.Internal);
            else
                http.Abort(); // half an answer must not look like a whole one
        }
        finally
        {
            ServingMetrics.Answered(endpoint, code);
        }
    }
}
