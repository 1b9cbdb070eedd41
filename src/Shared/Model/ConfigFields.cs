using System.Text.Json.Nodes;

namespace Ssl.Shared.Model;

/// <summary>Typed reading of <c>config.json</c>; what does not fit is refused with its key, its value and what was expected.</summary>
sealed class ConfigFields(JsonObject root, string path)
{
    const int LargestSize = 1 << 20;

    public string Text(string key, string absent) => Value<string>(key) ?? absent;

    public string? OptionalText(string key) => Value<string>(key);

    public double Share(string key, double absent) => Number(key, absent, 0, 1);

    public double Number(string key, double absent, double least, double most)
    {
        var value = Value<double?>(key) ?? absent;
        return value >= least && value <= most ? value : throw Refuse(key, value, $"{least} to {most}");
    }

    /// <summary>A size of at least one; required where <paramref name="absent"/> is null.</summary>
    public int Size(string key, int? absent = null, int least = 1)
    {
        var value = Value<long?>(key) ?? absent ?? throw new InvalidModelException($"{path}: {key} is missing");
        return value >= least && value <= LargestSize ? (int)value : throw Refuse(key, value, $"{least} to {LargestSize}");
    }

    public bool Flag(string key, bool absent) => Value<bool?>(key) ?? absent;

    public InvalidModelException Refuse(string key, object value, string expected) => new($"{path}: {key} is {value}, expected {expected}");

    T? Value<T>(string key)
    {
        if (root[key] is not { } node)
            return default;
        try
        {
            return node.GetValue<T>();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw Refuse(key, node.ToJsonString(), typeof(T) == typeof(string) ? "text" : "a number or a truth value");
        }
    }
}
