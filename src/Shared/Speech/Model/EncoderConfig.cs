using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ssl.Shared.Speech.Model;

/// <summary>Shape of an encoder, as transformers' <c>config.json</c> names it. It travels with the weights; no service option overrides it.</summary>
public abstract record EncoderConfig
{
    /// <summary>transformers' <c>model_type</c>.</summary>
    public abstract string ModelType { get; }

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

    /// <summary>Standard deviation of the first weights of linear layers.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Probability that a layer is passed over in training (arXiv 1909.11556).</summary>
    public double LayerDrop { get; init; }

    /// <summary>Whether what comes out of each layer is normalised, so that a head on it reads values of the size that it reads on the last.</summary>
    public abstract bool LayersEndInNorm { get; }

    /// <summary>Weights that the shape needs at the least; a file with fewer cannot hold it.</summary>
    internal abstract long LeastWeights { get; }

    /// <summary>Of the attention and one feed-forward block of a layer.</summary>
    protected long LayerWeights => 4L * HiddenSize * HiddenSize + 2L * HiddenSize * IntermediateSize;

    /// <summary>The shape that a <c>config.json</c> describes.</summary>
    /// <exception cref="InvalidModelException">Not JSON, another layout, or an impossible shape; the message names the key.</exception>
    public static EncoderConfig Parse(string json, string path)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(json)?.AsObject() ?? throw new InvalidModelException($"{path}: empty");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidModelException($"{path}: not a JSON object: {e.Message}");
        }
        var fields = new ConfigFields(root, path);
        return fields.Text("model_type", "") switch
        {
            Wav2Vec2BertConfig.Type => Wav2Vec2BertConfig.From(fields),
            Wav2Vec2Config.Type => Wav2Vec2Config.From(fields),
            var other => throw new InvalidModelException($"{path}: model_type '{other}' is not supported (expected {Wav2Vec2BertConfig.Type} or {Wav2Vec2Config.Type})"),
        };
    }

    /// <summary>The fields of <c>config.json</c> that describe the shape, without those of a particular head.</summary>
    public abstract JsonObject ToJson();

    protected IEnumerable<KeyValuePair<string, JsonNode?>> CommonJson() => new Dictionary<string, JsonNode?>
    {
        ["model_type"] = ModelType,
        ["hidden_size"] = HiddenSize,
        ["num_hidden_layers"] = NumHiddenLayers,
        ["num_attention_heads"] = NumAttentionHeads,
        ["intermediate_size"] = IntermediateSize,
        ["layer_norm_eps"] = LayerNormEps,
        ["hidden_dropout"] = HiddenDropout,
        ["attention_dropout"] = AttentionDropout,
        ["activation_dropout"] = ActivationDropout,
        ["feat_proj_dropout"] = FeatProjDropout,
        ["final_dropout"] = FinalDropout,
        ["layerdrop"] = LayerDrop,
        ["initializer_range"] = InitializerRange,
        ["add_adapter"] = false,
    };
}
