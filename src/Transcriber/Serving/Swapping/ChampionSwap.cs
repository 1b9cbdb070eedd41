using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>Lets versions of the registry serve. Thread-safe.</summary>
sealed class ChampionSwap(ModelRegistry registry, RecognizerLoader loader, ServingSlot slot, TimeProvider clock, ILogger<ChampionSwap> logger)
{
    readonly Lock turn = new();
    readonly HashSet<int> refused = []; // versions that did not load: logged once, not at every look

    /// <summary>At the start: serves the champion, or where it does not load the next version that does. False: none serves.</summary>
    public bool Restore() => ServingOrder.Of(registry).Any(Swap);

    /// <summary>Serves the champion, if it is not what serves already.</summary>
    public void Follow()
    {
        using var _ = turn.EnterScope();
        if (registry.Aliases().GetValueOrDefault(ModelId.Champion)?.Number is { } champion && !refused.Contains(champion) && champion != Serving())
            Swap(champion);
    }

    /// <summary>Loads, checks and warms a version, then lets it serve. On failure what serves goes on, and the log says why.</summary>
    public bool Swap(int number)
    {
        var started = clock.GetTimestamp();
        if (loader.Load(number, out var reason) is not { } loaded)
        {
            refused.Add(number);
            ServingMetrics.SwapFailed();
            logger.SwapFailed(number, reason);
            return false;
        }
        slot.Swap(ServingModel.Of(loaded));
        ServingMetrics.Swapped(number, loaded.EncoderNumber, clock.GetElapsedTime(started));
        logger.Swapped(number, loaded.EncoderNumber);
        return true;
    }

    int? Serving()
    {
        using var serving = slot.TryLease();
        return serving?.Model.Number;
    }
}
