using System.Text.Json.Nodes;

namespace Ssl.Shared.Speech.Model;

/// <summary>Typed reading of <c>config.json</c>; what does not fit is refused with its key, its value and what was expected.</summary>
sealed class ConfigFields(JsonObject root, string path)
{
    const int LargestSize = 1 << 17; // products of three sizes, over a thousand layers, still fit 63 bits
    const int MostLayers = 1024;

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

    public int Layers(string key, int? absent = null)
    {
        var layers = Size(key, absent);
        return layers <= MostLayers ? layers : throw Refuse(key, layers, $"1 to {MostLayers}");
    }

    /// <summary>A list of sizes, at least one.</summary>
    public IReadOnlyList<int> Sizes(string key, IReadOnlyList<int> absent)
    {
        if (root[key] is not { } node)
            return absent;
        if (node is not JsonArray { Count: >= 1 and <= MostLayers } array)
            throw Refuse(key, node.ToJsonString(), $"a list of 1 to {MostLayers} sizes");
        return [.. array.Select(element => element is JsonValue value && value.TryGetValue<long>(out var size) && size is >= 1 and <= LargestSize
            ? (int)size
            : throw Refuse(key, node.ToJsonString(), $"sizes of 1 to {LargestSize}"))];
    }

    /// <summary>What all layouts have beside their shape.</summary>
    public T Common<T>(T config) where T : EncoderConfig
    {
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw Refuse("num_attention_heads", config.NumAttentionHeads, $"a divisor of hidden_size {config.HiddenSize}");
        EncoderConfig common = config;
        return (T)(common with
        {
            LayerNormEps = (float)Number("layer_norm_eps", 1e-5, 0, 1),
            HiddenDropout = Share("hidden_dropout", 0),
            AttentionDropout = Share("attention_dropout", 0),
            ActivationDropout = Share("activation_dropout", 0),
            FeatProjDropout = Share("feat_proj_dropout", 0),
            FinalDropout = Share("final_dropout", 0),
            LayerDrop = Share("layerdrop", 0),
            InitializerRange = Share("initializer_range", 0.02),
        });
    }

    public bool IsSet(string key) => root[key] is not null;

    /// <summary>Refuses what is there but not built here.</summary>
    public void Require(string key, bool expected, string why)
    {
        if (Flag(key, expected) != expected)
            throw Refuse(key, !expected, $"{expected}: {why}");
    }

    /// <summary>Refuses a number other than the one that is built here; an absent key is taken as that.</summary>
    public void Require(string key, int expected, string why)
    {
        if ((Value<long?>(key) ?? expected) is var found && found != expected)
            throw Refuse(key, found, $"{expected}: {why}");
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
