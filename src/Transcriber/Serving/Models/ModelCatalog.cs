using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// Leases of versions by name. The champion comes from the slot; a version that is named by number or by another alias is loaded when it is
/// first asked for and kept while it is among the last few used. Thread-safe.
/// </summary>
sealed class ModelCatalog(ServingSlot slot, ModelRegistry registry, RecognizerLoader loader, ServingOptions options) : IDisposable
{
    readonly LinkedList<ServingModel> others = new(); // most recently used first
    readonly SemaphoreSlim loading = new(1);

    public async Task<LeaseOutcome> LeaseAsync(string id, CancellationToken ct)
    {
        if (ModelId.Parse(id) is not { } asked)
            return LeaseOutcome.Unknown(id);
        if (asked.AliasKey == ModelId.Champion)
            return slot.TryLease() is { } champion ? LeaseOutcome.Of(champion) : LeaseOutcome.NotReady;
        if (registry.Resolve(asked) is not { } number)
            return LeaseOutcome.Unknown(id);
        if (slot.TryLease() is { } serving)
        {
            if (serving.Model.Number == number)
                return LeaseOutcome.Of(serving);
            serving.Dispose();
        }
        return await LeaseOtherAsync(number, ct);
    }

    public void Dispose()
    {
        foreach (var model in others)
            model.Retire();
        others.Clear();
        loading.Dispose();
    }

    async Task<LeaseOutcome> LeaseOtherAsync(int number, CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            var model = others.FirstOrDefault(m => m.Number == number);
            if (model is null)
            {
                if (loader.Load(number, out var reason) is not { } loaded)
                    return LeaseOutcome.Broken($"the model '{ModelId.Of(number)}' cannot be loaded: {reason}");
                model = ServingModel.Of(loaded);
            }
            else
                others.Remove(model);
            others.AddFirst(model);
            model.TryLease(out var lease);
            while (others.Count > options.OtherModels)
            {
                others.Last!.Value.Retire();
                others.RemoveLast();
            }
            return LeaseOutcome.Of(lease);
        }
        finally
        {
            loading.Release();
        }
    }
}
