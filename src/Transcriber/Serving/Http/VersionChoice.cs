using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Trials;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Which version answers a request: the one that it names; of those that ask for the champion, the candidate for a few.</summary>
sealed class VersionChoice(ServingSlot slot, ModelCatalog catalog, Canary canary, ServingOptions options)
{
    public async Task<LeaseOutcome> LeaseAsync(HttpContext http, string model, CancellationToken ct)
    {
        if (AsksForChampion(model) && slot.IsFilled && await canary.TryLeaseAsync(Client(http), ct) is { } lease)
            return new LeaseOutcome(lease);
        return await catalog.LeaseAsync(model, ct);
    }

    /// <summary>Whether the champion has answered a request for it.</summary>
    public bool IsChampion(string model, ServingModel answered) => AsksForChampion(model) && answered.Number == slot.Number;

    bool AsksForChampion(string model) => model == ModelId.Name || options.IsOtherName(model);

    static string Client(HttpContext http) => http.Key() is { } key ? $"key {key.Name}" : http.Connection.RemoteIpAddress?.ToString() ?? "";
}
