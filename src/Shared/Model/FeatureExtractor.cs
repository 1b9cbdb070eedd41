using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>Turns 16 kHz PCM16 into what an encoder layout reads. Thread-safe.</summary>
public abstract class FeatureExtractor
{
    // Its matrices are the same for every model.
    static readonly ConcurrentDictionary<(int FeatureSize, int Stride), LogMelExtractor> LogMelExtractors = new();

    /// <summary>Seconds from one encoder frame to the next.</summary>
    public abstract double FrameSeconds { get; }

    /// <summary>Samples below which there is not one frame.</summary>
    public abstract int LeastSamples { get; }

    public static FeatureExtractor For(EncoderConfig config) => config switch
    {
        Wav2Vec2BertConfig bert => LogMel(bert.FeatureProjectionInputDim, bert.Stride),
        Wav2Vec2Config waveform => new WaveformExtractor(waveform),
        _ => throw new NotSupportedException($"no feature extractor for {config.ModelType}"),
    };

    /// <param name="featureSize">Mel bins times stacked frames.</param>
    public static FeatureExtractor LogMel(int featureSize, int stride = LogMelExtractor.DefaultStride) =>
        LogMelExtractors.GetOrAdd((featureSize, stride), size => new LogMelExtractor(size.FeatureSize, size.Stride));

    /// <summary>One padded batch; clips shorter than <see cref="LeastSamples"/> are padded with silence.</summary>
    /// <param name="clips">16 kHz mono PCM16, one entry an utterance.</param>
    public abstract SpeechBatch Batch(IReadOnlyList<ReadOnlyMemory<short>> clips, Device device);

    /// <summary>Stacks utterances whose features were computed before.</summary>
    /// <param name="features">Per utterance [T, C].</param>
    /// <param name="audioSeconds">Of all utterances together.</param>
    /// <param name="frameStep">The padded length is a multiple of this: the tensor library is faster with shapes that it has seen before.</param>
    public static SpeechBatch Pad(IReadOnlyList<Tensor> features, double audioSeconds, Device device, int frameStep = 1)
    {
        var counts = features.Select(f => f.shape[0]).ToArray();
        var longest = (counts.Max() + frameStep - 1) / frameStep * frameStep;
        using var scope = NewDisposeScope();
        var inputs = zeros([features.Count, longest, features[0].shape[1]]);
        for (var i = 0; i < features.Count; i++)
            inputs[i, ..(int)counts[i]] = features[i];
        var mask = FrameMask(counts, (int)longest);
        return new SpeechBatch(inputs.to(device).MoveToOuterDisposeScope(), mask.to(device).MoveToOuterDisposeScope(), counts, audioSeconds);
    }

    /// <summary>bool [B, T]: true for the frames that an utterance has.</summary>
    internal static Tensor FrameMask(long[] frameCounts) => FrameMask(frameCounts, (int)frameCounts.Max());

    static Tensor FrameMask(long[] frameCounts, int longest)
    {
        var present = new bool[frameCounts.Length * longest];
        for (var i = 0; i < frameCounts.Length; i++)
            Array.Fill(present, true, i * longest, (int)frameCounts[i]);
        return tensor(present, [frameCounts.Length, longest]);
    }
}
