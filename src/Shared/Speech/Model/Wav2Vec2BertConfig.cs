using System.Text.Json.Nodes;

namespace Ssl.Shared.Speech.Model;

/// <summary>The w2v-BERT layout (transformers: <c>wav2vec2-bert</c>): stacked log-mel frames into a conformer.</summary>
public sealed record Wav2Vec2BertConfig : EncoderConfig
{
    public const string Type = "wav2vec2-bert";

    public override string ModelType => Type;

    /// <summary>Mel bins times stacked frames.</summary>
    public int FeatureProjectionInputDim { get; init; } = 160;

    /// <summary>Stacked frames of 10 ms; stands in the preprocessor file too, where transformers reads it.</summary>
    public int Stride { get; init; } = LogMelExtractor.DefaultStride;

    /// <summary>Frames that one causal depthwise convolution sees.</summary>
    public int ConvDepthwiseKernelSize { get; init; } = 31;

    public double ConformerConvDropout { get; init; }

    public PositionEmbedding PositionEmbedding { get; init; }

    public int LeftMaxPositionEmbeddings { get; init; } = 64;

    public int RightMaxPositionEmbeddings { get; init; } = 8;

    public int RotaryEmbeddingBase { get; init; } = 10_000;

    /// <summary>
    /// About 2 million parameters; the default on a CPU. A frame every 30 ms: with one every 40 ms, fast speech has nearly as many letters as frames, and with one
    /// every 20 ms it hears half the audio in the same time. Frames find their neighbours by relative position, which looks both ways, and hardly by the causal
    /// convolution: with the published kernel of 31 frames, 0.9 s, ten minutes of labels taught it nothing about voices that it had not heard (docs/lab-notes.md).
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

    /// <summary>w2v-BERT 2.0 as published: 600 million parameters.</summary>
    public static Wav2Vec2BertConfig W2vBert { get; } = new() { HiddenSize = 1024, NumHiddenLayers = 24, NumAttentionHeads = 16, IntermediateSize = 4096, PositionEmbedding = PositionEmbedding.RelativeKey };

    /// <summary>About 13 million parameters.</summary>
    public static Wav2Vec2BertConfig Small { get; } = new() { HiddenSize = 288, NumHiddenLayers = 8, NumAttentionHeads = 6, IntermediateSize = 1024 };

    public override bool LayersEndInNorm => true;

    internal override long LeastWeights =>
        (long)HiddenSize * FeatureProjectionInputDim + (LayerWeights + 2L * HiddenSize * IntermediateSize + (long)HiddenSize * ConvDepthwiseKernelSize + DistanceWeights) * NumHiddenLayers;

    long DistanceWeights => PositionEmbedding == PositionEmbedding.RelativeKey ? (LeftMaxPositionEmbeddings + RightMaxPositionEmbeddings + 1L) * (HiddenSize / NumAttentionHeads) : 0;

    internal static Wav2Vec2BertConfig From(ConfigFields fields)
    {
        fields.Require("add_adapter", false, "adapters change the frame rate and are not supported");
        if (fields.Text("hidden_act", "swish") is not ("swish" or "silu") and var activation)
            throw fields.Refuse("hidden_act", activation, "swish");
        var config = fields.Common(new Wav2Vec2BertConfig
        {
            HiddenSize = fields.Size("hidden_size"),
            NumHiddenLayers = fields.Layers("num_hidden_layers"),
            NumAttentionHeads = fields.Size("num_attention_heads"),
            IntermediateSize = fields.Size("intermediate_size"),
            FeatureProjectionInputDim = fields.Size("feature_projection_input_dim", 160),
            Stride = fields.Size("stride", LogMelExtractor.DefaultStride),
            ConvDepthwiseKernelSize = fields.Size("conv_depthwise_kernel_size", 31),
            ConformerConvDropout = fields.Share("conformer_conv_dropout", 0),
            LeftMaxPositionEmbeddings = fields.Size("left_max_position_embeddings", 64, least: 0),
            RightMaxPositionEmbeddings = fields.Size("right_max_position_embeddings", 8, least: 0),
            RotaryEmbeddingBase = fields.Size("rotary_embedding_base", 10_000),
            PositionEmbedding = fields.OptionalText("position_embeddings_type") switch
            {
                null or "" => PositionEmbedding.None,
                "rotary" => PositionEmbedding.Rotary,
                "relative_key" => PositionEmbedding.RelativeKey,
                var other => throw fields.Refuse("position_embeddings_type", other, "relative_key, rotary or null"),
            },
        });
        if (config.PositionEmbedding == PositionEmbedding.Rotary && config.HiddenSize / config.NumAttentionHeads % 2 != 0)
            throw fields.Refuse("num_attention_heads", config.NumAttentionHeads, "an even head size for rotary embeddings");
        if (config.FeatureProjectionInputDim % config.Stride != 0)
            throw fields.Refuse("feature_projection_input_dim", config.FeatureProjectionInputDim, $"a multiple of {config.Stride}: stacked log-mel frames");
        return config;
    }

    public override JsonObject ToJson() => new(CommonJson())
    {
        ["feature_projection_input_dim"] = FeatureProjectionInputDim,
        ["stride"] = Stride,
        ["conv_depthwise_kernel_size"] = ConvDepthwiseKernelSize,
        ["hidden_act"] = "swish",
        ["conformer_conv_dropout"] = ConformerConvDropout,
        ["position_embeddings_type"] = PositionEmbedding switch { PositionEmbedding.Rotary => "rotary", PositionEmbedding.RelativeKey => "relative_key", _ => null },
        ["left_max_position_embeddings"] = LeftMaxPositionEmbeddings,
        ["right_max_position_embeddings"] = RightMaxPositionEmbeddings,
        ["rotary_embedding_base"] = RotaryEmbeddingBase,
        ["max_source_positions"] = 5000,
    };
}
