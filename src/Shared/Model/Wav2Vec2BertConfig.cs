using System.Text.Json.Nodes;

namespace Ssl.Shared.Model;

/// <summary>The w2v-BERT layout (transformers: <c>wav2vec2-bert</c>): stacked log-mel frames into a conformer.</summary>
public sealed record Wav2Vec2BertConfig : EncoderConfig
{
    public const string Type = "wav2vec2-bert";

    public override string ModelType => Type;

    /// <summary>Mel bins times stacked frames.</summary>
    public int FeatureProjectionInputDim { get; init; } = 160;

    /// <summary>Frames that one causal depthwise convolution sees.</summary>
    public int ConvDepthwiseKernelSize { get; init; } = 31;

    public double ConformerConvDropout { get; init; }

    public PositionEmbedding PositionEmbedding { get; init; }

    public int LeftMaxPositionEmbeddings { get; init; } = 64;

    public int RightMaxPositionEmbeddings { get; init; } = 8;

    public int RotaryEmbeddingBase { get; init; } = 10_000;

    /// <summary>About 2 million parameters; the default on a CPU.</summary>
    public static Wav2Vec2BertConfig Tiny { get; } = new() { HiddenSize = 144, NumHiddenLayers = 5, NumAttentionHeads = 4, IntermediateSize = 288 };

    /// <summary>About 13 million parameters.</summary>
    public static Wav2Vec2BertConfig Small { get; } = new() { HiddenSize = 288, NumHiddenLayers = 8, NumAttentionHeads = 6, IntermediateSize = 1024 };

    internal static Wav2Vec2BertConfig From(ConfigFields fields)
    {
        if (fields.Flag("add_adapter", false))
            throw fields.Refuse("add_adapter", true, "false: adapters change the frame rate and are not supported");
        if (fields.Text("hidden_act", "swish") is not ("swish" or "silu") and var activation)
            throw fields.Refuse("hidden_act", activation, "swish");
        var config = new Wav2Vec2BertConfig
        {
            HiddenSize = fields.Size("hidden_size"),
            NumHiddenLayers = fields.Size("num_hidden_layers"),
            NumAttentionHeads = fields.Size("num_attention_heads"),
            IntermediateSize = fields.Size("intermediate_size"),
            FeatureProjectionInputDim = fields.Size("feature_projection_input_dim", 160),
            ConvDepthwiseKernelSize = fields.Size("conv_depthwise_kernel_size", 31),
            LayerNormEps = (float)fields.Number("layer_norm_eps", 1e-5, 0, 1),
            HiddenDropout = fields.Share("hidden_dropout", 0),
            AttentionDropout = fields.Share("attention_dropout", 0),
            ActivationDropout = fields.Share("activation_dropout", 0),
            FeatProjDropout = fields.Share("feat_proj_dropout", 0),
            FinalDropout = fields.Share("final_dropout", 0),
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
        };
        if (config.HiddenSize % config.NumAttentionHeads != 0)
            throw fields.Refuse("num_attention_heads", config.NumAttentionHeads, $"a divisor of hidden_size {config.HiddenSize}");
        if (config.PositionEmbedding == PositionEmbedding.Rotary && config.HiddenSize / config.NumAttentionHeads % 2 != 0)
            throw fields.Refuse("num_attention_heads", config.NumAttentionHeads, "an even head size for rotary embeddings");
        return config;
    }

    public override JsonObject ToJson() => new()
    {
        ["model_type"] = ModelType,
        ["hidden_size"] = HiddenSize,
        ["num_hidden_layers"] = NumHiddenLayers,
        ["num_attention_heads"] = NumAttentionHeads,
        ["intermediate_size"] = IntermediateSize,
        ["feature_projection_input_dim"] = FeatureProjectionInputDim,
        ["conv_depthwise_kernel_size"] = ConvDepthwiseKernelSize,
        ["hidden_act"] = "swish",
        ["layer_norm_eps"] = LayerNormEps,
        ["hidden_dropout"] = HiddenDropout,
        ["attention_dropout"] = AttentionDropout,
        ["activation_dropout"] = ActivationDropout,
        ["feat_proj_dropout"] = FeatProjDropout,
        ["final_dropout"] = FinalDropout,
        ["conformer_conv_dropout"] = ConformerConvDropout,
        ["layerdrop"] = 0.0,
        ["position_embeddings_type"] = PositionEmbedding switch { PositionEmbedding.Rotary => "rotary", PositionEmbedding.RelativeKey => "relative_key", _ => null },
        ["left_max_position_embeddings"] = LeftMaxPositionEmbeddings,
        ["right_max_position_embeddings"] = RightMaxPositionEmbeddings,
        ["rotary_embedding_base"] = RotaryEmbeddingBase,
        ["max_source_positions"] = 5000,
        ["add_adapter"] = false,
    };
}
