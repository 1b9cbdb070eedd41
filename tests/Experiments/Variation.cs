using Ssl.Shared.Foundation.Settings;

namespace Ssl.Experiments;

/// <summary>Values given with <c>--set</c> by full key (<c>FineTuning:FrequencyWarp</c>, in upper or lower case).</summary>
sealed class Variation() : SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase), IEquatable<Variation>
{
    /// <param name="arguments">Each <c>Section:Key=value</c>.</param>
    /// <exception cref="InvalidSettingException">An argument is written otherwise.</exception>
    public static Variation Parse(IEnumerable<string> arguments)
    {
        var variation = new Variation();
        foreach (var argument in arguments)
        {
            if (argument.Split('=', 2) is not [{ Length: > 0 } key, var value])
                throw new InvalidSettingException($"--set {argument}: expected Section:Key=value");
            variation[key] = value;
        }
        return variation;
    }

    public bool Equals(Variation? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as Variation);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => string.Join(", ", this.Select(s => $"{s.Key}={s.Value}"));
}
