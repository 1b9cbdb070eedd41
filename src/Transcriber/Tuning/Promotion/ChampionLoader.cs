using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Loads the recognizer that a candidate is compared with: the champion, or where it is damaged the version that servers fall back to.</summary>
sealed class ChampionLoader(ModelRegistry registry, RecognizerLoader loader, ILogger<ChampionLoader> logger)
{
    /// <returns>Owned by the caller; null: no version was promoted yet, or none loads.</returns>
    public LoadedRecognizer? Load()
    {
        foreach (var number in ServingOrder.Of(registry))
        {
            if (loader.Load(number, out var reason) is { } champion)
                return champion;
            logger.ChampionUnusable(number, reason);
        }
        return null;
    }
}
