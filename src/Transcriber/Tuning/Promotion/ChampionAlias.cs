using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Names a champion; the one before it becomes <c>previous</c>.</summary>
static class ChampionAlias
{
    /// <param name="former">What served until now; null where nothing did.</param>
    /// <exception cref="StaleEpochException">The writer's turn is over; nothing was moved.</exception>
    public static void Move(FolderRegistry registry, int number, int? former, WriterEpoch epoch, string why)
    {
        // What served may have left the registry meanwhile (an operator's hand); that is no reason not to serve what is better.
        if (former is { } before && registry.List(ModelKind.Recognizer).Any(m => m.Number == before))
            registry.MoveAlias(ModelId.Previous, before, epoch, $"was champion before {number}");
        registry.MoveAlias(ModelId.Champion, number, epoch, why);
    }
}
