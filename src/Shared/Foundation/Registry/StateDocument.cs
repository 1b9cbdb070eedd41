using System.Globalization;
using System.Text;
using System.Text.Json;
using Ssl.Shared.Foundation.Registry.Stores;

namespace Ssl.Shared.Foundation.Registry;

/// <summary><c>aliases.json</c> in the store: read whole, changed by compare-and-set.</summary>
/// <param name="place">Of the registry, for messages.</param>
sealed class StateDocument(IRegistryStore store, string place)
{
    const string File = "aliases.json";

    /// <exception cref="InvalidDataException">It was edited by hand and is not what it should be.</exception>
    public RegistryState Read() => Parse(store.Read(File));

    /// <summary>Counts a writer's epochs.</summary>
    public WriterEpoch BeginEpoch(string writer)
    {
        var begun = 0L;
        TryUpdate(now =>
        {
            begun = Math.Max(now.EpochOf(writer), EpochFromFile(writer)) + 1;
            var epochs = new Dictionary<string, long>(now.Fence.Epochs) { [writer] = begun };
            return now with { Fence = now.Fence with { Epochs = epochs, Nonce = $"{Guid.NewGuid():N}" } };
        });
        return new WriterEpoch(writer, begun);
    }

    /// <summary>From now on no alias may move to a recognizer of this number or less, unless one names it.</summary>
    /// <returns>The numbers that aliases name.</returns>
    public IReadOnlySet<int> ForbidUpTo(int number)
    {
        HashSet<int> named = [];
        TryUpdate(now =>
        {
            named = [.. now.Aliases.Values.Select(a => a.Number)];
            return now.Fence.PrunedUpTo >= number ? null : now with { Fence = now.Fence with { PrunedUpTo = number } };
        });
        return named;
    }

    /// <param name="change">Null: no change. Called again where another writer was faster.</param>
    /// <returns>Whether there was a change.</returns>
    public bool TryUpdate(Func<RegistryState, RegistryState?> change)
    {
        StoredDocument? document;
        RegistryState? changed;
        do
        {
            document = store.Read(File);
            changed = change(Parse(document));
        }
        while (changed is not null && !store.CompareAndSet(File, changed.ToJson(), document?.Token));
        return changed is not null;
    }

    RegistryState Parse(StoredDocument? document)
    {
        try
        {
            return RegistryState.Parse(document?.Content);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{File} of the registry {place} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A registry that was begun by a former release counts epochs in files; counting goes on from there.</summary>
    long EpochFromFile(string writer) => store.Read($"{writer}.epoch") is { } file
        && long.TryParse(Encoding.UTF8.GetString(file.Content), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0;
}
