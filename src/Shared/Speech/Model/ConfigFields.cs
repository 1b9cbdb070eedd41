using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Ssl.Shared.Speech.Model;

/// <summary>Fields of a model's JSON files; an error names the key, its value and what was expected.</summary>
sealed class ConfigFields(JsonObject root, string path)
{
    const int MaxSize = 1 << 17; // products of three sizes, over a thousand layers, still fit 63 bits
    const int MaxLayers = 1024;

    /// <exception cref="InvalidModelException">The text is not a JSON object.</exception>
    public static ConfigFields Parse(string json, string path) => new(StrictJson.Parse(json, path), path);

    /// <summary>The fields of a nested object, or null.</summary>
    public ConfigFields? Part(string key) => root[key] is JsonObject part ? new(part, $"{path}: {key}") : null;

    public string Text(string key, string absent) => Value<string>(key) ?? absent;

    public bool Flag(string key, bool absent) => Value<bool?>(key) ?? absent;

    public int Size(string key, int absent, int max = MaxSize)
    {
        var size = Value<long?>(key) ?? absent;
        return size >= 1 && size <= max ? (int)size : throw Refuse(key, size, $"1 to {max}");
    }

    public int Layers(string key, int absent) => Size(key, absent, MaxLayers);

    /// <summary>Requires the one value that is implemented; an absent key means that value.</summary>
    public void Require<T>(string key, T expected, string why) where T : struct, IEquatable<T>
    {
        if ((Value<T?>(key) ?? expected) is var found && !found.Equals(expected))
            throw Refuse(key, found, $"{expected}: {why}");
    }

    /// <summary>The shape that the fields describe; what is absent, null or empty is as in <paramref name="defaults"/>.</summary>
    public T Shape<T>(T? defaults = null) where T : EncoderConfig
    {
        var json = defaults?.ToJson() ?? [];
        foreach (var (key, value) in root.Where(field => field.Value?.ToString() is { Length: > 0 }))
            json[key] = value!.DeepClone();
        var known = EncoderConfig.Format.GetTypeInfo(typeof(T)).Properties.Where(field => field is { Get: not null, Set: not null });
        if (known.FirstOrDefault(field => field.IsRequired && !json.ContainsKey(field.Name)) is { } missing)
            throw new InvalidModelException($"{path}: {missing.Name} is missing");
        T config;
        try
        {
            config = json.Deserialize<T>(EncoderConfig.Format)!;
        }
        catch (JsonException e)
        {
            var key = e.Path!.Split('.', '[')[1];
            throw Refuse(key, json[key]!.ToJsonString(), Expected(known.First(field => field.Name == key)));
        }
        if (known.FirstOrDefault(field => !IsInRange(field.Name, field.Get!(config))) is { } wrong)
            throw Refuse(wrong.Name, json[wrong.Name]!.ToJsonString(), Expected(wrong));
        if (config.NumHiddenLayers > MaxLayers)
            throw Refuse("num_hidden_layers", config.NumHiddenLayers, $"1 to {MaxLayers}");
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw Refuse("num_attention_heads", config.NumAttentionHeads, $"a divisor of hidden_size {config.HiddenSize}");
        return config;
    }

    public InvalidModelException Refuse(string key, object value, string expected) => new($"{path}: {key} is {value}, expected {expected}");

    T? Value<T>(string key)
    {
        try
        {
            return root[key] is { } node ? node.GetValue<T>() : default;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw Refuse(key, root[key]!.ToJsonString(), typeof(T) == typeof(string) ? "text" : "a number or a truth value");
        }
    }

    static bool IsInRange(string key, object? value) => value switch
    {
        int size => size >= Min(key) && size <= MaxSize,
        double share => share is >= 0 and <= 1,
        float share => share is >= 0 and <= 1,
        IReadOnlyList<int> sizes => sizes.Count is >= 1 and <= MaxLayers && sizes.All(size => size is >= 1 and <= MaxSize),
        _ => true,
    };

    static string Expected(JsonPropertyInfo field) => field.PropertyType switch
    {
        { IsEnum: true } type => $"one of {JsonSerializer.Serialize<object>(Enum.GetValues(type), EncoderConfig.Format)}",
        var type when type == typeof(int) || type == typeof(int?) => $"{Min(field.Name)} to {MaxSize}",
        var type when type == typeof(bool) => "true or false",
        var type when type == typeof(IReadOnlyList<int>) => $"a list of 1 to {MaxLayers} sizes of 1 to {MaxSize}",
        _ => "0 to 1",
    };

    static int Min(string key) => key.Contains("_max_", StringComparison.Ordinal) ? 0 : 1; // the largest distance may be 0
}
