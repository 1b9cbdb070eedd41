using Ssl.Shared.Speech.Model;

namespace Ssl.Speech.Tests.Model;

/// <summary>Every kind of encoder at a size that a test can run.</summary>
static class SmallEncoders
{
    static readonly Wav2Vec2BertConfig Conformer =
        new() { HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 48, ConvDepthwiseKernelSize = 7 };

    static readonly Wav2Vec2Config Waveform = new()
    {
        HiddenSize = 32,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        IntermediateSize = 48,
        ConvDim = [16, 16, 24],
        ConvKernel = [10, 8, 4],
        ConvStride = [5, 8, 8],
        NumConvPosEmbeddings = 16,
        NumConvPosEmbeddingGroups = 4,
    };

    public static IReadOnlyDictionary<string, EncoderConfig> All { get; } = new Dictionary<string, EncoderConfig>
    {
        ["conformer"] = Conformer,
        ["conformer, rotary"] = Conformer with { PositionEmbedding = PositionEmbedding.Rotary },
        ["conformer, relative"] = Conformer with { PositionEmbedding = PositionEmbedding.RelativeKey },
        ["conformer, sinusoids"] = Conformer with { PositionEmbedding = PositionEmbedding.Relative },
        ["waveform, post-norm"] = Waveform,
        ["waveform, pre-norm"] = Waveform with { FeatExtractNorm = FeatureNorm.Layer, DoStableLayerNorm = true, ConvBias = true },
        ["waveform, MMS"] = Waveform with { FeatExtractNorm = FeatureNorm.Layer, DoStableLayerNorm = true, AdapterAttnDim = 6 },
        ["HuBERT with batch norm"] = Waveform with { IsHubert = true, FeatProjLayerNorm = false, ConvPosBatchNorm = true },
    };

    public static int FeatureSize(string layout) => All[layout] is Wav2Vec2Config waveform ? waveform.ConvDim[^1] : 160;
}
