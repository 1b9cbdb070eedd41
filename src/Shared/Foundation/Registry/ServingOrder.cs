namespace Ssl.Shared.Foundation.Registry;

/// <summary>Which recognizer serves, and which does where that one is damaged.</summary>
public static class ServingOrder
{
    /// <summary>Numbers, the preferred first: the champion, the one before it, then all that were once promoted, newest first.</summary>
    public static IEnumerable<int> Of(ModelRegistry registry)
    {
        var aliases = registry.Aliases();
        var named = ((string[])[ModelId.Champion, ModelId.Previous]).Where(aliases.ContainsKey).Select(alias => aliases[alias].Number);
        return named.Concat(Promoted(registry)).Distinct();
    }

    static IEnumerable<int> Promoted(ModelRegistry registry) // read only where the aliases' versions do not load
    {
        var below = int.MaxValue;
        while (registry.Newest(ModelKind.Recognizer, m => m.IsPromoted && m.Number < below) is { } promoted)
            yield return below = promoted.Number;
    }
}
