using Ssl.Shared.Speech.Model;

namespace Ssl.Benchmarks;

/// <summary>A shape that is measured, and how much audio a step of it takes.</summary>
/// <param name="TrainedGflop">
/// Per audio second, forward and backward; for the reference as PyTorch counts them: its share times its product, over its speed.
/// </param>
/// <param name="ReferenceShare">
/// Speed of transformers' training step at this shape, as a share of the 1024-cubed product on its machine; null: not measured.
/// </param>
sealed record BenchmarkShape(string Name, EncoderConfig Config, int Crops, double TrainedGflop, double? ReferenceShare = null)
{
    const double ReferenceProductGflops = 414;

    static readonly Wav2Vec2Config LayerNorm = Wav2Vec2Config.Base with { FeatExtractNorm = FeatureNorm.Layer, DoStableLayerNorm = true };

    public static IReadOnlyList<BenchmarkShape> All { get; } =
    [
        new("Tiny", Wav2Vec2BertConfig.Tiny, 4, Gflop(Wav2Vec2BertConfig.Tiny)),
        new("Small", Wav2Vec2BertConfig.Small, 4, Gflop(Wav2Vec2BertConfig.Small)),
        Reference("reference tiny", LayerNorm with
        {
            ConvDim = [64, 64, 96, 128], ConvKernel = [20, 8, 4, 4], ConvStride = [10, 4, 4, 2],
            HiddenSize = 192, NumHiddenLayers = 4, NumAttentionHeads = 4, IntermediateSize = 768,
            NumConvPosEmbeddings = 64, NumConvPosEmbeddingGroups = 8,
            NumCodevectorsPerGroup = 64, CodevectorDim = 128, ProjCodevectorDim = 128,
        }, crops: 4, share: 0.093, audioSecondsASecond: 35.5),
        Reference("reference small", LayerNorm with
        {
            ConvDim = [256, 256, 256, 256, 256, 256, 256],
            HiddenSize = 384, NumHiddenLayers = 6, NumAttentionHeads = 6, IntermediateSize = 1536,
        }, crops: 4, share: 0.142, audioSecondsASecond: 6.6),
        Reference("reference base", LayerNorm, crops: 2, share: 0.294, audioSecondsASecond: 2.6),
    ];

    static BenchmarkShape Reference(string name, Wav2Vec2Config config, int crops, double share, double audioSecondsASecond) =>
        new(name, config, crops, share * ReferenceProductGflops / audioSecondsASecond, share);

    /// <summary>
    /// Products of the encoder, in crops of five seconds; the backward pass takes twice the forward's. Heads and quantiser are left out.
    /// </summary>
    static double Gflop(Wav2Vec2BertConfig config)
    {
        const double cropSeconds = 5, trained = 3;
        double framesASecond = 1 / FeatureExtractor.For(config).FrameSeconds, hidden = config.HiddenSize;
        var frames = cropSeconds * framesASecond;
        var layer = hidden * (7 * hidden + 4 * config.IntermediateSize + config.ConvDepthwiseKernelSize);
        var weights = hidden * config.FeatureProjectionInputDim + config.NumHiddenLayers * layer;
        var attention = config.NumHiddenLayers * 2 * frames * hidden;
        return trained * framesASecond * 2 * (weights + attention) / 1e9;
    }
}
