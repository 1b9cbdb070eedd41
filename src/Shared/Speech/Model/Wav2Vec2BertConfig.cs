using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Speech.Model;

/// <summary>The w2v-BERT layout (transformers: <c>wav2vec2-bert</c>): stacked log-mel frames into a conformer.</summary>
public sealed record Wav2Vec2BertConfig : EncoderConfig
{
    public const string Type = "wav2vec2-bert";

    public override string ModelType => Type;
    internal override string ClassPrefix => "Wav2Vec2Bert";
    public override bool LayersEndInNorm => true;

    /// <summary>Mel bins times stacked frames.</summary>
    public int FeatureProjectionInputDim { get; init; } = 160;

    /// <summary>Frames of 10 ms stacked into one; also in the preprocessor file, where transformers reads it.</summary>
    public int Stride { get; init; } = LogMelExtractor.DefaultStride;

    /// <summary>Kernel of the causal depthwise convolutions, in frames.</summary>
    public int ConvDepthwiseKernelSize { get; init; } = 31;

    public double ConformerConvDropout { get; init; }

    [JsonPropertyName("position_embeddings_type")]
    public PositionEmbedding PositionEmbedding { get; init; }

    public int LeftMaxPositionEmbeddings { get; init; } = 64;
    public int RightMaxPositionEmbeddings { get; init; } = 8;
    public int RotaryEmbeddingBase { get; init; } = 10_000;

    /// <summary>
    /// About 2 million parameters; the default on a CPU. It stacks three log-mel frames into one of 30 ms: at 40 ms, fast speech has
    /// nearly one letter a frame; 20 ms takes twice as long (docs/adr/0008). Relative positions give context on both sides, where the
    /// published causal kernel of 31 frames did not help on unseen speakers (docs/adr/0006).
    /// </summary>
    public static Wav2Vec2BertConfig Tiny { get; } = new()
    {
        HiddenSize = 144,
        NumHiddenLayers = 5,
        NumAttentionHeads = 4,
        IntermediateSize = 288,
        FeatureProjectionInputDim = 240,
        Stride = 3,
        ConvDepthwiseKernelSize = 3,
        PositionEmbedding = PositionEmbedding.RelativeKey,
        LeftMaxPositionEmbeddings = 21,
        RightMaxPositionEmbeddings = 21,
        InitializerRange = 0.05,
    };

    /// <summary>About 13 million parameters.</summary>
    public static Wav2Vec2BertConfig Small { get; } =
        new() { HiddenSize = 288, NumHiddenLayers = 8, NumAttentionHeads = 6, IntermediateSize = 1024 };

    internal override long MinWeights => (long)HiddenSize * FeatureProjectionInputDim + NumHiddenLayers
        * (LayerWeights + 2L * HiddenSize * IntermediateSize + (long)HiddenSize * ConvDepthwiseKernelSize + DistanceWeights);

    long DistanceWeights => PositionEmbedding == PositionEmbedding.RelativeKey
        ? (LeftMaxPositionEmbeddings + RightMaxPositionEmbeddings + 1L) * (HiddenSize / NumAttentionHeads) : 0;

    internal static Wav2Vec2BertConfig From(ConfigFields fields)
    {
        if (fields.Text("hidden_act", "swish") is not ("swish" or "silu") and var activation)
            throw fields.Refuse("hidden_act", activation, "swish");
        var config = fields.Shape<Wav2Vec2BertConfig>();
        if (config.PositionEmbedding == PositionEmbedding.Rotary && config.HiddenSize / config.NumAttentionHeads % 2 != 0)
            throw fields.Refuse("num_attention_heads", config.NumAttentionHeads, "an even head size for rotary embeddings");
        if (config.FeatureProjectionInputDim % config.Stride != 0)
            throw fields.Refuse("feature_projection_input_dim", config.FeatureProjectionInputDim, $"a multiple of stride {config.Stride}");
        var adapter = AdapterConfig.From(fields, config.HiddenSize, layers: 1, stride => stride / 2);
        if (adapter is { OutputSize: var size } && size % config.NumAttentionHeads != 0)
            throw fields.Refuse("output_hidden_size", size, $"a multiple of num_attention_heads {config.NumAttentionHeads}");
        return config with { Adapter = adapter };
    }

    public override JsonObject ToJson()
    {
        var json = base.ToJson();
        (json["hidden_act"], json["max_source_positions"]) = ("swish", 5000);
        if (PositionEmbedding == PositionEmbedding.None)
            json["position_embeddings_type"] = null;
        if (Adapter is { } adapter)
            (json["adapter_act"], json["use_intermediate_ffn_before_adapter"]) = (adapter.Activation, adapter.FeedsForward);
        return json;
    }
}
