using System.Text.Json.Nodes;

namespace Ssl.Shared.Speech.Model;

/// <summary>The wav2vec 2.0 layout (arXiv 2006.11477; transformers: <c>wav2vec2</c>): convolutions on the waveform into a transformer.</summary>
public sealed record Wav2Vec2Config : EncoderConfig
{
    public const string Type = "wav2vec2";

    const long MostSamples = 1 << 24; // of the product of kernels or strides, whichever is larger; Base has 1,080
    const int MostConvolutions = 16;

    public override string ModelType => Type;

    /// <summary>Channels of each convolution on the waveform.</summary>
    public IReadOnlyList<int> ConvDim { get; init; } = [512, 512, 512, 512, 512, 512, 512];

    /// <summary>Kernel of each, in frames of the one before; the first in samples.</summary>
    public IReadOnlyList<int> ConvKernel { get; init; } = [10, 3, 3, 3, 3, 2, 2];

    /// <summary>Stride of each; their product is the samples from frame to frame.</summary>
    public IReadOnlyList<int> ConvStride { get; init; } = [5, 2, 2, 2, 2, 2, 2];

    public bool ConvBias { get; init; }

    public FeatureNorm FeatExtractNorm { get; init; }

    /// <summary>False: norms behind each sub-layer (Base); true: before (Large).</summary>
    public bool DoStableLayerNorm { get; init; }

    /// <summary>Kernel of the positional convolution, in frames.</summary>
    public int NumConvPosEmbeddings { get; init; } = 128;

    public int NumConvPosEmbeddingGroups { get; init; } = 16;

    /// <summary>Codevectors in each codebook; with the next three, the shape of what pretraining adds.</summary>
    public int NumCodevectorsPerGroup { get; init; } = 320;

    public int NumCodevectorGroups { get; init; } = 2;

    public int CodevectorDim { get; init; } = 256;

    public int ProjCodevectorDim { get; init; } = 256;

    /// <summary>Whether each utterance is brought to zero mean and unit variance first. transformers keeps it in the preprocessor's file, not here.</summary>
    public bool NormaliseInput { get; init; } = true;

    /// <summary>Samples from one frame to the next.</summary>
    public long FrameSamples => ConvStride.Aggregate(1L, (product, stride) => product * stride);

    /// <summary>Samples that one frame sees, and the least there must be.</summary>
    public long WindowSamples => ConvKernel.Zip(ConvStride).Reverse().Aggregate(1L, (samples, layer) => (samples - 1) * layer.Second + layer.First);

    /// <summary>95 million parameters, as published.</summary>
    public static Wav2Vec2Config Base { get; } = new() { HiddenSize = 768, NumHiddenLayers = 12, NumAttentionHeads = 12, IntermediateSize = 3072 };

    /// <summary>317 million parameters, as published.</summary>
    public static Wav2Vec2Config Large { get; } = new()
    {
        HiddenSize = 1024,
        NumHiddenLayers = 24,
        NumAttentionHeads = 16,
        IntermediateSize = 4096,
        ConvBias = true,
        FeatExtractNorm = FeatureNorm.Layer,
        DoStableLayerNorm = true,
        CodevectorDim = 768,
        ProjCodevectorDim = 768,
    };

    /// <summary>Frames that come out of so many samples; zero where they are too few.</summary>
    public long FramesOf(long samples)
    {
        foreach (var (kernel, stride) in ConvKernel.Zip(ConvStride))
            samples = samples < kernel ? 0 : (samples - kernel) / stride + 1;
        return samples;
    }

    public override bool LayersEndInNorm => !DoStableLayerNorm;

    internal override long LeastWeights =>
        ConvDim.Select((channels, layer) => (long)channels * (layer > 0 ? ConvDim[layer - 1] : 1) * ConvKernel[layer]).Sum()
        + (long)HiddenSize * (HiddenSize / NumConvPosEmbeddingGroups) * NumConvPosEmbeddings + LayerWeights * NumHiddenLayers;

    internal static Wav2Vec2Config From(ConfigFields fields)
    {
        fields.Require("add_adapter", false, "adapters change the frame rate and are not supported");
        foreach (var key in new[] { "hidden_act", "feat_extract_activation" })
        {
            if (fields.Text(key, "gelu") is not "gelu" and var activation)
                throw fields.Refuse(key, activation, "gelu");
        }
        if (fields.IsSet("adapter_attn_dim"))
            throw fields.Refuse("adapter_attn_dim", "set", "null: attention adapters are not supported");
        var config = fields.Common(new Wav2Vec2Config
        {
            HiddenSize = fields.Size("hidden_size", 768),
            NumHiddenLayers = fields.Layers("num_hidden_layers", 12),
            NumAttentionHeads = fields.Size("num_attention_heads", 12),
            IntermediateSize = fields.Size("intermediate_size", 3072),
            ConvDim = fields.Sizes("conv_dim", Base.ConvDim),
            ConvKernel = fields.Sizes("conv_kernel", Base.ConvKernel),
            ConvStride = fields.Sizes("conv_stride", Base.ConvStride),
            ConvBias = fields.Flag("conv_bias", false),
            FeatExtractNorm = fields.Text("feat_extract_norm", "group") switch
            {
                "group" => FeatureNorm.Group,
                "layer" => FeatureNorm.Layer,
                var other => throw fields.Refuse("feat_extract_norm", other, "group or layer"),
            },
            DoStableLayerNorm = fields.Flag("do_stable_layer_norm", false),
            NumConvPosEmbeddings = fields.Size("num_conv_pos_embeddings", 128),
            NumConvPosEmbeddingGroups = fields.Size("num_conv_pos_embedding_groups", 16),
            NumCodevectorsPerGroup = fields.Size("num_codevectors_per_group", 320),
            NumCodevectorGroups = fields.Size("num_codevector_groups", 2),
            CodevectorDim = fields.Size("codevector_dim", 256),
            ProjCodevectorDim = fields.Size("proj_codevector_dim", 256),
        });
        if (config.ConvDim.Count > MostConvolutions)
            throw fields.Refuse("conv_dim", $"{config.ConvDim.Count} layers", $"at most {MostConvolutions}");
        if (config.ConvKernel.Count != config.ConvDim.Count)
            throw fields.Refuse("conv_kernel", $"[{string.Join(", ", config.ConvKernel)}]", $"one for each of the {config.ConvDim.Count} of conv_dim");
        if (config.ConvStride.Count != config.ConvDim.Count)
            throw fields.Refuse("conv_stride", $"[{string.Join(", ", config.ConvStride)}]", $"one for each of the {config.ConvDim.Count} of conv_dim");
        var samples = 1L;
        foreach (var (kernel, stride) in config.ConvKernel.Zip(config.ConvStride))
        {
            samples *= Math.Max(kernel, stride);
            if (samples > MostSamples)
                throw fields.Refuse("conv_kernel", $"[{string.Join(", ", config.ConvKernel)}]", $"with conv_stride, at most {MostSamples} samples a frame");
        }
        if (config.HiddenSize % config.NumConvPosEmbeddingGroups != 0)
            throw fields.Refuse("num_conv_pos_embedding_groups", config.NumConvPosEmbeddingGroups, $"a divisor of hidden_size {config.HiddenSize}");
        return config;
    }

    public override JsonObject ToJson() => new(CommonJson())
    {
        ["conv_dim"] = Array(ConvDim),
        ["conv_kernel"] = Array(ConvKernel),
        ["conv_stride"] = Array(ConvStride),
        ["num_feat_extract_layers"] = ConvDim.Count,
        ["conv_bias"] = ConvBias,
        ["feat_extract_norm"] = FeatExtractNorm == FeatureNorm.Group ? "group" : "layer",
        ["feat_extract_activation"] = "gelu",
        ["hidden_act"] = "gelu",
        ["do_stable_layer_norm"] = DoStableLayerNorm,
        ["num_conv_pos_embeddings"] = NumConvPosEmbeddings,
        ["num_conv_pos_embedding_groups"] = NumConvPosEmbeddingGroups,
        ["num_codevectors_per_group"] = NumCodevectorsPerGroup,
        ["num_codevector_groups"] = NumCodevectorGroups,
        ["codevector_dim"] = CodevectorDim,
        ["proj_codevector_dim"] = ProjCodevectorDim,
    };

    static JsonArray Array(IReadOnlyList<int> sizes) => [.. sizes.Select(s => (JsonNode)s)];
}
