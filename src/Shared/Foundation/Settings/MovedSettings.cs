namespace Ssl.Shared.Foundation.Settings;

/// <summary>Settings that a section once had, and what to tell a user of one. Keys are full and may name a whole section.</summary>
public sealed class MovedSettings
{
    readonly Dictionary<string, string> hints = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The setting has another name.</summary>
    public MovedSettings Renamed(string key, string name) => Add(key, $"it is now {name}");

    /// <summary>The values were measured: a recipe holds them, and so does the manifest of every version that it made.</summary>
    public MovedSettings IntoRecipe(string recipe, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            Add(key, $"it is part of the recipe {recipe}");
        return this;
    }

    /// <summary>The setting is gone.</summary>
    /// <param name="reason">Continues "there is no setting KEY any more: ".</param>
    public MovedSettings Removed(string key, string reason) => Add(key, reason);

    /// <summary>What to tell the user of a key, by its own entry or that of a section around it; null: never a setting.</summary>
    internal string? Hint(string key)
    {
        for (var name = key; name.Length > 0; name = name[..Math.Max(0, name.LastIndexOf(':'))])
        {
            if (hints.TryGetValue(name, out var hint))
                return hint;
        }
        return null;
    }

    MovedSettings Add(string key, string hint)
    {
        hints.Add(key, hint);
        return this;
    }
}
