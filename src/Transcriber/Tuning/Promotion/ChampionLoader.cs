using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Loads the recognizer that candidates of a line are compared with: the champion, or the version that serves where it is damaged.
/// </summary>
/// <remarks>In 32-bit floats, as the candidates are, whatever type of weights serves.</remarks>
sealed class ChampionLoader(ModelRegistry registry, RecognizerLoader loader, ILogger<ChampionLoader> logger)
{
    /// <returns>Owned by the caller; null: there is no champion yet, or nothing loads.</returns>
    public LoadedRecognizer? Load(string line)
    {
        foreach (var number in ServingOrder.Of(registry, line))
        {
            if (loader.Load(number, Precision.Float32, out var reason) is { } champion)
                return champion;
            logger.ChampionUnusable(number, reason);
        }
        return null;
    }
}
