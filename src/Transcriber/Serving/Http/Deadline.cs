namespace Ssl.Transcriber.Serving.Http;

/// <summary>Answers a request within a time limit, or with the error that says why not.</summary>
static class Deadline
{
    /// <param name="answer">Returns null when it has written the answer. It may move the deadline.</param>
    public static async Task AnswerAsync(HttpContext http, TimeSpan limit, Func<CancellationTokenSource, Task<ApiError?>> answer)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadline.CancelAfter(limit);
        ApiError? error;
        try
        {
            error = await answer(deadline);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            error = deadline.IsCancellationRequested ? ApiError.TimedOut : ApiError.NotReady("the service is stopping");
        }
        if (error is not null)
            await (http.Response.HasStarted ? TranscriptEvents.WriteErrorAsync(http, error) : ApiAnswer.WriteErrorAsync(http, error));
    }
}
