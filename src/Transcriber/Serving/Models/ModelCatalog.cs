using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// Leases versions by name. The champion of a line comes from its slot. Other versions are loaded at first use, once however many
/// requests ask, and stay while they fit into <see cref="ServingOptions.OtherVersionsBytes"/>; the least recently used goes first,
/// champions of lines not at all. The version asked for last stays even where it is larger. Thread-safe.
/// </summary>
sealed class ModelCatalog(ServingSlots slots, ModelRegistry registry, RecognizerLoader loader, ServingOptions options) : IDisposable
{
    readonly Lock gate = new();
    readonly LinkedList<Other> others = new(); // most recently used first
    readonly SemaphoreSlim loading = new(1); // one at a time: each needs memory and a core

    public async Task<LeaseOutcome> LeaseAsync(string id, CancellationToken ct)
    {
        if (ModelId.Parse(options.IsOtherName(id) ? ModelId.Name : id) is not { } asked)
            return LeaseOutcome.Unknown(id);
        var slot = slots.Of(asked.Line);
        if (asked.Alias == ModelId.Champion && slot is not null)
            return slot.TryLease() is { } champion ? new LeaseOutcome(champion) : LeaseOutcome.NotReady;
        return registry.Resolve(asked) is { } number ? await LeaseAsync(number, ct) : LeaseOutcome.Unknown(id);
    }

    /// <param name="number">Of a recognizer of the registry.</param>
    public async Task<LeaseOutcome> LeaseAsync(int number, CancellationToken ct)
    {
        if (slots.TryLease(number) is { } serving)
            return new LeaseOutcome(serving);
        while (true)
        {
            var (model, reason) = await Use(number).Loading.WaitAsync(ct);
            if (model is null)
                return new LeaseOutcome(null, $"the model '{ModelId.Of(number)}' cannot be loaded: {reason}");
            if (model.TryLease(out var lease))
                return new LeaseOutcome(lease); // else it was evicted between the two
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var other in others)
                other.Model?.Retire();
            others.Clear();
        }
        loading.Dispose();
    }

    Other Use(int number)
    {
        lock (gate)
        {
            var other = others.FirstOrDefault(o => o.Number == number);
            if (other is null)
            {
                other = new Other(number);
                other.Loading = Task.Run(() => LoadAsync(other));
            }
            else
                others.Remove(other);
            others.AddFirst(other);
            return other;
        }
    }

    /// <summary>A request that gives up does not end it: the next one asks again.</summary>
    async Task<(ServingModel? Model, string Reason)> LoadAsync(Other other)
    {
        await loading.WaitAsync();
        try
        {
            var (loaded, reason) = (default(LoadedRecognizer), "");
            await ComputeThread.RunAsync("load", () => loaded = loader.Load(other.Number, out reason), torchThreads: 1, niceness: 0);
            var champions = registry.Aliases().Where(a => a.Key.EndsWith(ModelId.Champion, StringComparison.Ordinal))
                .Select(a => a.Value.Number).Where(number => !slots.Serves(number)).ToHashSet(); // a slot has its own copy
            lock (gate)
            {
                if (loaded is null)
                    others.Remove(other);
                else
                {
                    (other.Model, other.Bytes) = (ServingModel.Of(loaded), loaded.WeightBytes);
                    Evict(except: other, champions);
                }
            }
            return (other.Model, reason);
        }
        catch
        {
            lock (gate)
                others.Remove(other); // the next request tries again
            throw;
        }
        finally
        {
            loading.Release();
        }
    }

    void Evict(Other except, HashSet<int> champions)
    {
        for (var node = others.Last; node is not null && others.Sum(o => o.Bytes) > options.OtherVersionsBytes;)
        {
            var (other, before) = (node.Value, node.Previous);
            if (other.Model is { } model && other != except && !champions.Contains(other.Number))
            {
                others.Remove(node);
                model.Retire();
            }
            node = before;
        }
    }

    sealed class Other(int number)
    {
        public int Number => number;
        public Task<(ServingModel? Model, string Reason)> Loading { get; set; } = null!;
        public ServingModel? Model { get; set; } // null while it is being loaded
        public long Bytes { get; set; }
    }
}

/// <summary>A lease of the requested version, or why there is none: no version has this name, or it does not serve (yet).</summary>
readonly record struct LeaseOutcome(ModelLease? Lease, string Reason = "", bool IsUnknown = false)
{
    public static LeaseOutcome NotReady => new(null, "no recognizer has been trained yet");
    public static LeaseOutcome Unknown(string id) => new(null, $"the model '{id}' does not exist", IsUnknown: true);
}
