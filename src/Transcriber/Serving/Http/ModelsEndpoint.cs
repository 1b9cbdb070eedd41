using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Http;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>: the versions in the registry, and which one serves.</summary>
sealed class ModelsEndpoint(ModelRegistry registry, ServingSlots slots, ServingOptions options)
{
    public Task ListAsync(HttpContext http) =>
        ApiAnswer.WriteJsonAsync(http, new ModelListBody("list", All()), ApiJson.Readable.ModelListBody);

    public Task GetAsync(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        var name = options.IsOtherName(id) ? ModelId.Name : id;
        return All().FirstOrDefault(m => m.Id == name) is { } model
            ? ApiAnswer.WriteJsonAsync(http, model with { Id = id }, ApiJson.Readable.ModelBody)
            : ApiAnswer.WriteErrorAsync(http, ApiError.UnknownModel($"the model '{id}' does not exist"));
    }

    /// <summary>First the aliases of each line (<c>ssl</c>, <c>ssl@candidate</c>), then every version, newest first.</summary>
    List<ModelBody> All()
    {
        var aliases = registry.Aliases();
        var versions = registry.List(ModelKind.Recognizer).OrderByDescending(m => m.Number).ToArray();
        var models = new List<ModelBody>();
        foreach (var line in slots.Lines)
        {
            AddNamed(ModelId.NameOf(line), slots.Of(line)?.Number);
            foreach (var alias in (string[])[ModelId.Candidate, ModelId.Previous])
                AddNamed($"{ModelId.NameOf(line)}@{alias}", aliases.GetValueOrDefault(ModelId.KeyOf(line, alias))?.Number);
        }
        models.AddRange(versions.Select(m => Body(ModelId.Of(m.Number, m.Line ?? ModelId.DefaultLine), m)));
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
