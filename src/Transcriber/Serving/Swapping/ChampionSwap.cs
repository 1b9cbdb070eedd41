using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Swapping;

/// <summary>Lets versions of the registry serve: a promoted one in place of the champion, and at the start whatever still loads.</summary>
sealed class ChampionSwap(ModelRegistry registry, RecognizerLoader loader, ServingSlot slot, TimeProvider clock, ILogger<ChampionSwap> logger)
{
    readonly Lock turn = new();

    /// <summary>At the start: the champion, else the one before it, else the newest that was once promoted. False: none serves.</summary>
    public bool Restore() => Fallbacks().Distinct().Any(number => Swap(number));

    /// <summary>Loads, checks and warms a version, then lets it serve. On failure whatever serves goes on, and the log says why.</summary>
    /// <param name="promote">Makes it the champion, between warming and serving: what does not load is never promoted, what is not promoted does not serve, and who reads the new alias gets its answers a moment later.</param>
    public bool Swap(int number, Func<bool>? promote = null)
    {
        lock (turn)
            return Serve(number, promote);
    }

    bool Serve(int number, Func<bool>? promote)
    {
        using (var serving = slot.TryLease())
        {
            if (serving?.Model.Number == number)
                return true;
        }
        var started = clock.GetTimestamp();
        var (model, reason) = loader.Load(number);
        if (model is null)
        {
            TranscriberMetrics.SwapFailed();
            logger.SwapFailed(number, reason!);
            return false;
        }
        try
        {
            if (promote?.Invoke() is false)
            {
                model.Retire();
                return false;
            }
        }
        catch
        {
            model.Retire();
            throw;
        }
        slot.Swap(model);
        TranscriberMetrics.Swapped(model.Number, model.EncoderNumber, clock.GetElapsedTime(started));
        logger.Swapped(model.Number, model.EncoderNumber);
        return true;
    }

    IEnumerable<int> Fallbacks()
    {
        var aliases = registry.Aliases();
        foreach (var alias in (string[])[ModelId.Champion, ModelId.Previous])
        {
            if (aliases.TryGetValue(alias, out var entry))
                yield return entry.Number;
        }
        var below = int.MaxValue;
        while (registry.Newest(ModelKind.Recognizer, m => m.IsPromoted && m.Number < below) is { } promoted)
            yield return below = promoted.Number;
    }
}
