using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The versions for an operator, and the levers that move champions. Who moves them is the name of the key.</summary>
sealed class ModelsAdmin(ModelRegistry registry, ServingSlots slots)
{
    readonly ShadowRecords shadows = new(registry);

    public Task ListAsync(HttpContext http)
    {
        var (aliases, compared) = (registry.Aliases(), shadows.All());
        // also those that have settings here and no recognizer yet: they can be labelled
        var lines = aliases.Keys.Select(LineOf).Concat(slots.Lines).Distinct().Order(StringComparer.Ordinal).ToArray();
        var versions = registry.List(ModelKind.Recognizer).OrderByDescending(m => m.Number).Select(m => new AdminModelBody(
            ModelId.Of(m.Number, m.Line ?? ModelId.DefaultLine), m.Number, m.EncoderNumber ?? 0, m.Parent, m.Created,
            m.RecognizerScores?.CharacterErrorRate, m.RecognizerScores?.WordErrorRate, m.Health, slots.Serves(m.Number),
            [.. aliases.Where(a => a.Value.Number == m.Number).Select(a => a.Key).Order(StringComparer.Ordinal)],
            compared.GetValueOrDefault(m.Number) is { } s
                ? new ShadowBody(s.Champion, s.Requests, s.AudioSeconds, s.Disagreement, s.Empty) : null,
            m.Gate is { } gate ? AdminGateBody.Of(gate, aliases.GetValueOrDefault(ModelId.WithdrawnKey(m.Number))) : null));
        return ApiAnswer.WriteJsonAsync(
            http, new AdminModelsBody("list", [.. versions], [.. lines.Select(l => Line(l, aliases))]), AdminJson.Default.AdminModelsBody);
    }

    public Task PromoteAsync(HttpContext http) => MoveAsync(http, (levers, id, why) => levers.Promote(id, why));
    public Task PinAsync(HttpContext http) => MoveAsync(http, (levers, id, why) => levers.Pin(id, why));
    public Task UnpinAsync(HttpContext http) => OfLineAsync(http, (levers, line, why) => levers.Unpin(line, why));
    public Task RollBackAsync(HttpContext http) => OfLineAsync(http, (levers, line, why) => levers.RollBack(line, why));

    public Task HistoryAsync(HttpContext http) => ApiAnswer.WriteJsonAsync(
        http, new HistoryBody("list", registry.History((string)http.Request.RouteValues["line"]!)), AdminJson.Default.HistoryBody);

    Task MoveAsync(HttpContext http, Func<OperatorLevers, ModelId, string, LeverOutcome> move)
    {
        var text = (string)http.Request.RouteValues["id"]!;
        return ModelId.Parse(text) is { } id ? AnswerAsync(http, id.Line, (levers, why) => move(levers, id, why))
            : ApiAnswer.WriteErrorAsync(http, ApiError.UnknownModel($"'{text}' names no version: ssl@17, ssl@candidate, ssl-german@17"));
    }

    Task OfLineAsync(HttpContext http, Func<OperatorLevers, string, string, LeverOutcome> move)
    {
        var line = (string)http.Request.RouteValues["line"]!;
        return AnswerAsync(http, line, (levers, why) => move(levers, line, why));
    }

    Task AnswerAsync(HttpContext http, string line, Func<OperatorLevers, string, LeverOutcome> move)
    {
        var (who, why) = AdminPaths.Signature(http);
        var outcome = move(new OperatorLevers(registry, who), why);
        if (outcome.Number is { } number)
            return ApiAnswer.WriteJsonAsync(http, new LeverBody(line, number, outcome.Message), AdminJson.Default.LeverBody);
        return ApiAnswer.WriteErrorAsync(
            http, outcome.IsUnknown ? ApiError.UnknownModel(outcome.Message) : ApiError.Conflict(outcome.Message));
    }

    static AdminLineBody Line(string line, IReadOnlyDictionary<string, AliasEntry> aliases)
    {
        return new AdminLineBody(line, Of(ModelId.Champion)?.Number, Of(ModelId.Previous)?.Number, Of(ModelId.Candidate)?.Number,
            Of(ModelId.Pin) is { } pin ? new PinBody(pin.Number, pin.Who, pin.When, pin.Why) : null);

        AliasEntry? Of(string alias) => aliases.GetValueOrDefault(ModelId.KeyOf(line, alias));
    }

    static string LineOf(string key) => key.EndsWith('/' + ModelId.Champion, StringComparison.Ordinal)
        ? key[..^(ModelId.Champion.Length + 1)] : ModelId.DefaultLine;
}
