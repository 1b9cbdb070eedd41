using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// Leases versions by name: the champion of a line from its slot, other versions from a pool of
/// <see cref="ServingOptions.OtherVersionsBytes"/>, in which champions of lines without a slot stay. Thread-safe.
/// </summary>
sealed class ModelCatalog : IDisposable
{
    readonly ServingSlots slots;
    readonly ModelRegistry registry;
    readonly RecognizerLoader loader;
    readonly ServingOptions options;
    readonly VersionPool pool;

    public ModelCatalog(ServingSlots slots, ModelRegistry registry, RecognizerLoader loader, ServingOptions options)
    {
        (this.slots, this.registry, this.loader, this.options) = (slots, registry, loader, options);
        pool = new VersionPool(LoadAsync, ChampionsWithoutSlot, options.OtherVersionsBytes);
    }

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
    public async Task<LeaseOutcome> LeaseAsync(int number, CancellationToken ct) =>
        slots.TryLease(number) is { } serving ? new LeaseOutcome(serving) : await pool.LeaseAsync(number, ct);

    public void Dispose() => pool.Dispose();

    async Task<(LoadedRecognizer? Loaded, string Reason)> LoadAsync(int number)
    {
        var (loaded, reason) = (default(LoadedRecognizer), "");
        await ComputeThread.RunAsync("load", () => loaded = loader.Load(number, out reason), torchThreads: 1, niceness: 0);
        return (loaded, reason);
    }

    HashSet<int> ChampionsWithoutSlot() =>
        [.. registry.Aliases().Where(a => a.Key.EndsWith(ModelId.Champion, StringComparison.Ordinal)).Select(a => a.Value.Number)
            .Where(number => !slots.Serves(number))];
}
