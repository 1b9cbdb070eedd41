namespace Ssl.Shared.Foundation.Registry;

/// <summary>Which recognizer of a line serves, and which does where that one is damaged.</summary>
public static class ServingOrder
{
    /// <summary>
    /// Numbers, the preferred first: the champion, the one before it, then all that may serve and were not withdrawn, newest first.
    /// </summary>
    public static IEnumerable<int> Of(ModelRegistry registry, string line = ModelId.DefaultLine)
    {
        var aliases = registry.Aliases();
        var named = ((string[])[ModelId.Champion, ModelId.Previous]).Select(alias => ModelId.KeyOf(line, alias))
            .Where(aliases.ContainsKey).Select(alias => aliases[alias].Number);
        return named.Concat(MayServe(registry, line).Where(n => !aliases.ContainsKey(ModelId.WithdrawnKey(n)))).Distinct();
    }

    static IEnumerable<int> MayServe(ModelRegistry registry, string line) // read only where the aliases' versions do not load
    {
        var below = int.MaxValue;
        while (registry.Newest(ModelKind.Recognizer, m => m.MayServe && m.IsOf(line) && m.Number < below) is { } version)
            yield return below = version.Number;
    }
}
