using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>Puts versions of the registry into the serving slots. Thread-safe.</summary>
sealed class ChampionSwap(
    ModelRegistry registry, RecognizerLoader loader, ServingSlots slots, TimeProvider clock, ILogger<ChampionSwap> logger)
{
    const int Niceness = 5; // requests go before a load

    readonly Lock turn = new();
    readonly HashSet<int> refused = []; // versions that did not load: logged once, not at every check

    /// <summary>
    /// At the start: serves the champion of each line, or the next in <see cref="ServingOrder"/> that loads. False: none does.
    /// </summary>
    public bool Restore()
    {
        foreach (var line in slots.Lines)
            _ = ServingOrder.Of(registry, line).Any(number => Swap(number, line));
        return slots.IsFilled;
    }

    /// <summary>Serves the champion of each line if another version serves.</summary>
    public void Follow()
    {
        using var _ = turn.EnterScope();
        var aliases = registry.Aliases();
        foreach (var line in slots.Lines)
        {
            if (aliases.GetValueOrDefault(ModelId.KeyOf(line, ModelId.Champion))?.Number is { } champion && !refused.Contains(champion)
                && champion != slots.Of(line)!.Number)
                Swap(champion, line);
        }
    }

    /// <summary>Loads, checks and warms a version, then lets it serve. False: it failed and the log says why; nothing changes.</summary>
    public bool Swap(int number, string line = ModelId.DefaultLine)
    {
        var started = clock.GetTimestamp();
        var (loaded, reason) = loader.LoadAsync(number, Niceness).GetAwaiter().GetResult();
        if (loaded is null)
        {
            refused.Add(number);
            ServingMetrics.Swaps.WithLabels("failed").Inc();
            logger.SwapFailed(number, reason);
            return false;
        }
        slots.Of(line)!.Swap(ServingModel.Of(loaded));
        ServingMetrics.Swapped(line, number, loaded.EncoderNumber, clock.GetElapsedTime(started));
        logger.Swapped(number, loaded.EncoderNumber);
        return true;
    }
}
