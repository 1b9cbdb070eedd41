using Ssl.Shared.Registry;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Promotion;

/// <summary>Lets versions of the registry serve: a promoted one in place of the champion, and at the start whatever still loads.</summary>
sealed class ChampionSwap(FolderRegistry registry, RecognizerLoader loader, ServingSlot slot, TimeProvider clock, ILogger<ChampionSwap> logger)
{
    readonly Lock turn = new();

    /// <summary>At the start: the champion, else the one before it, else the newest that was once promoted. False: none serves.</summary>
    public bool Restore() => Fallbacks().Distinct().Any(Swap);

    /// <summary>Loads, checks and warms a version, then lets it serve. On failure whatever serves goes on, and the log says why.</summary>
    public bool Swap(int number)
    {
        lock (turn)
            return Load(number);
    }

    bool Load(int number)
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
        foreach (var manifest in registry.List(ModelKind.Recognizer).OrderByDescending(m => m.Number).Where(m => m.Health == Gate.GateVerdict.PromotedHealth))
            yield return manifest.Number;
    }
}
