using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ssl.Shared.Speech.Model;

/// <summary>Shape of an encoder, as in transformers' <c>config.json</c>. Stored with the weights; no option overrides it.</summary>
public abstract record EncoderConfig
{
    internal static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>transformers' <c>model_type</c>.</summary>
    public abstract string ModelType { get; }

    /// <summary>Beginning of the names of transformers' classes.</summary>
    internal abstract string ClassPrefix { get; }

    public required int HiddenSize { get; init; }
    public required int NumHiddenLayers { get; init; }
    public required int NumAttentionHeads { get; init; }
    public required int IntermediateSize { get; init; }
    public float LayerNormEps { get; init; } = 1e-5f;
    public double HiddenDropout { get; init; }
    public double AttentionDropout { get; init; }
    public double ActivationDropout { get; init; }
    public double FeatProjDropout { get; init; }
    public double FinalDropout { get; init; }

    /// <summary>Standard deviation of the initial weights of linear layers.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Probability of skipping a layer in training (arXiv 1909.11556).</summary>
    [JsonPropertyName("layerdrop")]
    public double LayerDrop { get; init; }

    /// <summary>Null: none. Recognizers have them, encoders that are trained have not.</summary>
    [JsonIgnore]
    public AdapterConfig? Adapter { get; init; }

    /// <summary>Whether each layer's output is normalised, so that a head for the last layer fits the output of any layer.</summary>
    public abstract bool LayersEndInNorm { get; }

    /// <summary>Lower bound of the number of weights; a file with fewer cannot hold this shape.</summary>
    internal abstract long MinWeights { get; }

    /// <summary>Of the attention and one feed-forward block of a layer.</summary>
    protected long LayerWeights => 4L * HiddenSize * HiddenSize + 2L * HiddenSize * IntermediateSize;

    /// <summary>The shape that a <c>config.json</c> describes.</summary>
    /// <exception cref="InvalidModelException">Not JSON, another layout, or an impossible shape; the message names the key.</exception>
    public static EncoderConfig Parse(string json, string path)
    {
        var fields = ConfigFields.Parse(json, path);
        return fields.Text("model_type", "") switch
        {
            Wav2Vec2BertConfig.Type => Wav2Vec2BertConfig.From(fields),
            Wav2Vec2Config.Type or Wav2Vec2Config.HubertType => Wav2Vec2Config.From(fields),
            var other => throw fields.Refuse(
                "model_type", $"'{other}'", $"{Wav2Vec2BertConfig.Type}, {Wav2Vec2Config.Type} or {Wav2Vec2Config.HubertType}"),
        };
    }

    /// <summary>The fields of <c>config.json</c> that describe the shape, without those of a particular head.</summary>
    public virtual JsonObject ToJson()
    {
        var json = JsonSerializer.SerializeToNode(this, GetType(), Format)!.AsObject();
        (json["model_type"], json["add_adapter"]) = (ModelType, Adapter is not null);
        if (Adapter is { } adapter)
        {
            (json["num_adapter_layers"], json["adapter_kernel_size"]) = (adapter.Layers, adapter.KernelSize);
            (json["adapter_stride"], json["output_hidden_size"]) = (adapter.Stride, adapter.OutputSize);
        }
        return json;
    }
}
