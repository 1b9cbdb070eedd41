using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// Leases versions by name: the champion of a line from its slot, other versions from a pool of
/// <see cref="ServingOptions.OtherVersionsBytes"/>, in which champions of lines without a slot stay. Thread-safe.
/// </summary>
sealed class ModelCatalog : IDisposable
{
    readonly ServingSlots slots;
    readonly ModelRegistry registry;
    readonly ServingOptions options;
    readonly VersionPool pool;

    public ModelCatalog(ServingSlots slots, ModelRegistry registry, RecognizerLoader loader, ServingOptions options)
    {
        (this.slots, this.registry, this.options) = (slots, registry, options);
        pool = new VersionPool(number => loader.LoadAsync(number, niceness: 0), ChampionsWithoutSlot, options.OtherVersionsBytes);
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

    HashSet<int> ChampionsWithoutSlot() =>
        [.. registry.Aliases().Where(a => a.Key.EndsWith(ModelId.Champion, StringComparison.Ordinal)).Select(a => a.Value.Number)
            .Where(number => !slots.Serves(number))];
}
