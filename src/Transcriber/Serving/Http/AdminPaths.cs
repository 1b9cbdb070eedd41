namespace Ssl.Transcriber.Serving.Http;

/// <summary>The paths under <c>/admin</c>.</summary>
static class AdminPaths
{
    /// <param name="admin">The group, which needs a key.</param>
    /// <param name="counted">Wraps a handler, by the label of its metric.</param>
    public static void Map(RouteGroupBuilder admin, Func<string, Func<HttpContext, Task>, Delegate> counted)
    {
        var services = ((IEndpointRouteBuilder)admin).ServiceProvider;
        var (models, diff) = (services.GetRequiredService<ModelsAdmin>(), services.GetRequiredService<DiffEndpoint>());
        var (labels, next) = (services.GetRequiredService<LabelsEndpoint>(), services.GetRequiredService<LabelProposalsEndpoint>());

        admin.MapGet("/models", counted("admin_models", models.ListAsync))
            .WithSummary("Every version with scores, verdict and aliases; each line").Produces<AdminModelsBody>();
        admin.MapPost("/models/{id}/promote", counted("admin_promote", models.PromoteAsync)).TakesWhy()
            .WithSummary("Lets a version (ssl@17, ssl-german@17) serve").Produces<LeverBody>().ProducesErrors(404, 409);
        admin.MapPost("/models/{id}/pin", counted("admin_pin", models.PinAsync)).TakesWhy()
            .WithSummary("Lets a version serve until it is unpinned").Produces<LeverBody>().ProducesErrors(404, 409);
        admin.MapPost("/models/diff", counted("admin_diff", diff.HandleAsync)).TakesAudio().ReadsForm<DiffUpload>().WithQuery("a", "b")
            .WithSummary("Two versions' texts of a recording, word by word").Produces<DiffBody>().ProducesErrors(400, 404, 413, 429, 503);
        admin.MapPost("/lines/{line}/unpin", counted("admin_unpin", models.UnpinAsync)).TakesWhy()
            .WithSummary("Lets the gate move the champion of a line (ssl, german) again").Produces<LeverBody>().ProducesErrors(409);
        admin.MapPost("/lines/{line}/rollback", counted("admin_rollback", models.RollBackAsync)).TakesWhy()
            .WithSummary("Lets the champion before this one serve again").Produces<LeverBody>().ProducesErrors(409);
        admin.MapGet("/lines/{line}/history", counted("admin_history", models.HistoryAsync))
            .WithSummary("Moves of a line's aliases, oldest first").Produces<HistoryBody>();
        admin.MapGet("/learning", counted("admin_learning", LearningAdmin.GetAsync))
            .WithSummary("Whether Learner and tuner work, and how far the tuner's round is").Produces<LearningBody>();
        admin.MapPost("/learning/pause", counted("admin_learning", http => LearningAdmin.SetAsync(http, paused: true))).TakesWhy()
            .WithSummary("Learner and tuner rest").Produces<LearningBody>().ProducesErrors(503);
        admin.MapPost("/learning/resume", counted("admin_learning", http => LearningAdmin.SetAsync(http, paused: false))).TakesWhy()
            .WithSummary("Learner and tuner work again").Produces<LearningBody>().ProducesErrors(503);
        admin.MapPost("/labels", counted("admin_labels", labels.AddAsync)).ReadsForm<LabelUpload>()
            .WithSummary("Adds or replaces a label, of a file or a proposed segment; JSON with its id corrects or removes")
            .Produces<LabelBody>()
            .ProducesErrors(400, 404, 413, 503);
        admin.MapGet("/labels", counted("admin_labels", labels.ListAsync)).WithQuery("offset", "limit", "line", "split")
            .WithSummary("Labels as the tuner has them").Produces<LabelListBody>().ProducesErrors(400);
        admin.MapGet("/labels/next", counted("admin_labels_next", next.ListAsync)).WithQuery("minutes", "line")
            .WithSummary("Segments of the stream to label next").Produces<LabelProposalsBody>().ProducesErrors(400, 503);
        admin.MapGet("/labels/next/{id}/audio", counted("admin_labels_next", next.AudioAsync))
            .WithSummary("The audio of such a segment").Produces(200, contentType: LabelProposalsEndpoint.AudioType)
            .ProducesErrors(404, 503);
        admin.MapDelete("/labels/{**id}", counted("admin_labels", labels.RemoveAsync)).WithSummary("Removes a label")
            .Produces<LabelRemovedBody>().ProducesErrors(400, 503);
        admin.MapFallback("{**path}", counted("unknown", http => ApiAnswer.WriteErrorAsync(http, ApiError.NotFound(http.Request.Path))));
    }

    /// <summary>The name of the caller's key, and the query's <c>why</c>, which go into the history.</summary>
    public static (string Who, string Why) Signature(HttpContext http)
    {
        const int maxLetters = 500;
        var why = http.Request.Query["why"].ToString();
        return (http.Key()!.Name, why.Length == 0 ? "no reason was given" : why[..Math.Min(why.Length, maxLetters)]);
    }

    static RouteHandlerBuilder TakesWhy(this RouteHandlerBuilder path) => path.WithQuery("why");
}
