using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>: what the registry holds, and what of it serves.</summary>
sealed class ModelsEndpoint(ModelRegistry registry, ServingSlot slot)
{
    public Task ListAsync(HttpContext http) =>
        ApiAnswer.WriteJsonAsync(http, new ModelListBody("list", All()), ApiJson.Default.ModelListBody);

    public Task GetAsync(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return All().FirstOrDefault(m => m.Id == id) is { } model
            ? ApiAnswer.WriteJsonAsync(http, model, ApiJson.Default.ModelBody)
            : ApiAnswer.WriteErrorAsync(http, ApiError.UnknownModel($"the model '{id}' does not exist"));
    }

    /// <summary>First the names that move (<c>ssl</c>, <c>ssl@candidate</c>), then every version, newest first.</summary>
    List<ModelBody> All()
    {
        var aliases = registry.Aliases();
        var versions = registry.List(ModelKind.Recognizer).OrderByDescending(m => m.Number).ToArray();
        var models = new List<ModelBody>();
        using (var champion = slot.TryLease())
            AddNamed(ModelId.Name, champion?.Model.Number);
        foreach (var alias in (string[])[ModelId.Candidate, ModelId.Previous])
            AddNamed($"{ModelId.Name}@{alias}", aliases.TryGetValue(alias, out var entry) ? entry.Number : null);
        models.AddRange(versions.Select(m => Body(ModelId.Of(m.Number), m)));
        return models;

        void AddNamed(string id, int? number)
        {
            if (versions.FirstOrDefault(m => m.Number == number) is { } manifest)
                models.Add(Body(id, manifest));
        }

        ModelBody Body(string id, ModelManifest m) => new(id, "model", m.Created.ToUnixTimeSeconds(), "ssl", m.Number, m.EncoderNumber ?? 0,
            m.RecognizerScores?.CharacterErrorRate, m.RecognizerScores?.WordErrorRate,
            [.. aliases.Where(a => a.Value.Number == m.Number).Select(a => a.Key).Order(StringComparer.Ordinal)], m.Health);
    }
}
