using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// The wav2vec 2.0 layout (arXiv 2006.11477, <c>wav2vec2</c>): convolutions on the waveform into a transformer. HuBERT
/// (arXiv 2106.07447, <c>hubert</c>) is the same network under another prefix.
/// </summary>
public sealed record Wav2Vec2Config : EncoderConfig
{
    public const string Type = "wav2vec2";
    public const string HubertType = "hubert";

    const long MaxFrameReach = 1 << 24; // product over the layers of the larger of kernel and stride, in samples; Base has 1,080
    const int MaxConvolutions = 16;

    static readonly string[] HubertFields = ["feat_proj_layer_norm", "conv_pos_batch_norm"];
    static readonly string[] QuantiserFields =
        ["adapter_attn_dim", "add_adapter", "num_codevectors_per_group", "num_codevector_groups", "codevector_dim", "proj_codevector_dim"];

    public override string ModelType => IsHubert ? HubertType : Type;
    internal override string ClassPrefix => IsHubert ? "Hubert" : "Wav2Vec2";

    [JsonIgnore]
    public bool IsHubert { get; init; }

    public override bool LayersEndInNorm => !DoStableLayerNorm;

    /// <summary>Channels of each convolution on the waveform.</summary>
    public IReadOnlyList<int> ConvDim { get; init; } = [512, 512, 512, 512, 512, 512, 512];

    /// <summary>Kernel of each, in frames of its input; the first in samples.</summary>
    public IReadOnlyList<int> ConvKernel { get; init; } = [10, 3, 3, 3, 3, 2, 2];

    public IReadOnlyList<int> ConvStride { get; init; } = [5, 2, 2, 2, 2, 2, 2];

    public bool ConvBias { get; init; }
    public FeatureNorm FeatExtractNorm { get; init; }

    /// <summary>False: norms after each sub-layer (Base); true: before (Large).</summary>
    public bool DoStableLayerNorm { get; init; }

    /// <summary>Width of the adapters in the layers of a pre-norm model (MMS); null: there are none.</summary>
    public int? AdapterAttnDim { get; init; }

    /// <summary>False: the projection reads the convolutions' output without a norm (some HuBERT models).</summary>
    public bool FeatProjLayerNorm { get; init; } = true;

    /// <summary>True: batch norm before the positional convolution in place of its weight norm (some HuBERT models).</summary>
    public bool ConvPosBatchNorm { get; init; }

    /// <summary>Kernel of the positional convolution, in frames.</summary>
    public int NumConvPosEmbeddings { get; init; } = 128;

    public int NumConvPosEmbeddingGroups { get; init; } = 16;

    /// <summary>Codevectors in each codebook; with the next three, the shape of the quantiser and heads of pretraining.</summary>
    public int NumCodevectorsPerGroup { get; init; } = 320;

    public int NumCodevectorGroups { get; init; } = 2;
    public int CodevectorDim { get; init; } = 256;
    public int ProjCodevectorDim { get; init; } = 256;

    /// <summary>Whether each utterance is scaled to zero mean and unit variance; stored in the preprocessor's file.</summary>
    [JsonIgnore]
    public bool NormaliseInput { get; init; } = true;

    /// <summary>Samples from one frame to the next.</summary>
    public long FrameSamples => ConvStride.Aggregate(1L, (product, stride) => product * stride);

    /// <summary>Samples that one frame depends on: the minimal input.</summary>
    public long WindowSamples =>
        ConvKernel.Zip(ConvStride).Reverse().Aggregate(1L, (samples, layer) => (samples - 1) * layer.Second + layer.First);

    /// <summary>95 million parameters, as published.</summary>
    public static Wav2Vec2Config Base { get; } =
        new() { HiddenSize = 768, NumHiddenLayers = 12, NumAttentionHeads = 12, IntermediateSize = 3072 };

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

    /// <summary>Frames of this many samples; 0 below <see cref="WindowSamples"/>.</summary>
    public long FramesOf(long samples) => ConvKernel.Zip(ConvStride)
        .Aggregate(samples, (left, layer) => left < layer.First ? 0 : (left - layer.First) / layer.Second + 1);

    internal override long MinWeights =>
        ConvDim.Select((channels, layer) => (long)channels * (layer > 0 ? ConvDim[layer - 1] : 1) * ConvKernel[layer]).Sum()
        + (long)HiddenSize * (HiddenSize / NumConvPosEmbeddingGroups) * NumConvPosEmbeddings + LayerWeights * NumHiddenLayers;

    internal static Wav2Vec2Config From(ConfigFields fields)
    {
        foreach (var key in new[] { "hidden_act", "feat_extract_activation" })
        {
            if (fields.Text(key, "gelu") is not "gelu" and var activation)
                throw fields.Refuse(key, activation, "gelu");
        }
        var (config, isHubert) = (fields.Shape(Base), fields.Text("model_type", Type) == HubertType);
        if (config.ConvDim.Count > MaxConvolutions)
            throw fields.Refuse("conv_dim", $"{config.ConvDim.Count} layers", $"at most {MaxConvolutions}");
        foreach (var (key, sizes) in new[] { ("conv_kernel", config.ConvKernel), ("conv_stride", config.ConvStride) })
        {
            if (sizes.Count != config.ConvDim.Count)
                throw fields.Refuse(key, $"[{string.Join(", ", sizes)}]", $"one for each of the {config.ConvDim.Count} of conv_dim");
        }
        var reach = 1L;
        foreach (var (kernel, stride) in config.ConvKernel.Zip(config.ConvStride))
        {
            reach *= Math.Max(kernel, stride);
            if (reach > MaxFrameReach)
                throw fields.Refuse("conv_kernel", reach, $"with conv_stride, at most {MaxFrameReach} samples a frame");
        }
        if (config.HiddenSize % config.NumConvPosEmbeddingGroups != 0)
            throw fields.Refuse("num_conv_pos_embedding_groups", config.NumConvPosEmbeddingGroups, "a divisor of hidden_size");
        return isHubert ? config with { IsHubert = true, AdapterAttnDim = null } : config with
        {
            FeatProjLayerNorm = true,
            ConvPosBatchNorm = false,
            Adapter = AdapterConfig.From(fields, config.HiddenSize, layers: 3, _ => 1),
        };
    }

    public override JsonObject ToJson()
    {
        var json = base.ToJson();
        (json["hidden_act"], json["feat_extract_activation"], json["num_feat_extract_layers"]) = ("gelu", "gelu", ConvDim.Count);
        foreach (var key in IsHubert ? QuantiserFields : HubertFields)
            json.Remove(key);
        return json;
    }
}
