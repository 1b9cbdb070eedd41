using System.Collections.Concurrent;
using Ssl.Shared.Foundation.Contracts;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Turns 16 kHz PCM16 into what an encoder layout reads. Thread-safe.</summary>
public abstract class FeatureExtractor
{
    // Its matrices are the same for every model.
    static readonly ConcurrentDictionary<(int FeatureSize, int Stride), LogMelExtractor> LogMelExtractors = new();

    /// <summary>Seconds from one encoder frame to the next.</summary>
    public abstract double FrameSeconds { get; }

    /// <summary>Samples below which there is not one frame.</summary>
    public abstract int LeastSamples { get; }

    /// <summary>Encoder frames of so many samples.</summary>
    public abstract int FramesOf(int samples);

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
    public SpeechBatch Batch(IReadOnlyList<ReadOnlyMemory<short>> clips, Device device)
    {
        using var scope = NewDisposeScope();
        var batch = Pad([.. clips.Select(Extract)], AudioFormat.SecondsOf(clips.Sum(c => c.Length)), device);
        batch.Inputs.MoveToOuterDisposeScope();
        batch.FrameMask.MoveToOuterDisposeScope();
        return batch;
    }

    /// <summary>What the layout reads of one utterance, on the CPU: log-mel [T, C] or waveform [S].</summary>
    public abstract Tensor Extract(ReadOnlyMemory<short> clip);

    /// <summary>Stacks utterances that <see cref="Extract"/> gave.</summary>
    /// <param name="audioSeconds">Of all utterances together.</param>
    /// <param name="frameStep">The padded length is a multiple of so many frames: the tensor library is faster with shapes that it has seen before.</param>
    public abstract SpeechBatch Pad(IReadOnlyList<Tensor> utterances, double audioSeconds, Device device, int frameStep = 1);

    /// <summary>Utterances in rows of one length, zeros behind them. [B, length, ...]</summary>
    protected static Tensor Stack(IReadOnlyList<Tensor> utterances, long length)
    {
        var rows = zeros([utterances.Count, length, .. utterances[0].shape[1..]]);
        for (var i = 0; i < utterances.Count; i++)
            rows[i, ..(int)utterances[i].shape[0]] = utterances[i];
        return rows;
    }

    protected static long RoundUp(long length, long step) => (length + step - 1) / step * step;

    /// <summary>bool [B, T]: true for the frames that an utterance has.</summary>
    protected static Tensor FrameMask(long[] frameCounts, int longest)
    {
        var present = new bool[frameCounts.Length * longest];
        for (var i = 0; i < frameCounts.Length; i++)
            Array.Fill(present, true, i * longest, (int)frameCounts[i]);
        return tensor(present, [frameCounts.Length, longest]);
    }
}
