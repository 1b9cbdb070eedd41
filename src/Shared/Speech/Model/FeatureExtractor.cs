using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>Turns 16 kHz PCM16 into the input of an encoder layout. Thread-safe.</summary>
public abstract class FeatureExtractor
{
    // Models with the same frames share the matrices of the extractor.
    static readonly ConcurrentDictionary<(int FeatureSize, int Stride, bool AsReference), LogMelExtractor> LogMelExtractors = new();

    /// <summary>Seconds from one encoder frame to the next.</summary>
    public abstract double FrameSeconds { get; }

    /// <summary>Samples that the first encoder frame needs.</summary>
    public abstract int MinSamples { get; }

    /// <summary>Encoder frames of a clip; at least 1, because shorter clips are padded.</summary>
    public abstract int FramesOf(int samples);

    public static FeatureExtractor For(EncoderConfig config) => config switch
    {
        Wav2Vec2BertConfig bert => LogMel(bert.FeatureProjectionInputDim, bert.Stride, bert.Adapter is not null),
        Wav2Vec2Config waveform => new WaveformExtractor(waveform),
        _ => throw new NotSupportedException($"no feature extractor for {config.ModelType}"),
    };

    /// <param name="featureSize">Mel bins times stacked frames.</param>
    public static FeatureExtractor LogMel(int featureSize, int stride = LogMelExtractor.DefaultStride, bool asReference = false) =>
        LogMelExtractors.GetOrAdd((featureSize, stride, asReference), key => new(key.FeatureSize, key.Stride, key.AsReference));

    /// <summary>One padded batch of clips, one an utterance; those shorter than <see cref="MinSamples"/> end in silence.</summary>
    public virtual SpeechBatch Batch(IReadOnlyList<ReadOnlyMemory<short>> clips, Device device)
    {
        using var scope = NewDisposeScope();
        return Pad([.. clips.Select(Extract)], AudioFormat.SecondsOf(clips.Sum(c => c.Length)), device).MoveToOuterScope();
    }

    /// <summary>The encoder's input for one utterance, on the CPU: log-mel [T, C] or waveform [S].</summary>
    public abstract Tensor Extract(ReadOnlyMemory<short> clip);

    /// <summary>The same input while the utterance is spoken.</summary>
    /// <param name="before">Of what the speaker said before; this utterance's is added to it. Null: nothing was.</param>
    public abstract FeatureStream Stream(RunningNorm? before);

    /// <summary>Pads what <see cref="Extract"/> returned with zeros to one length.</summary>
    /// <param name="audioSeconds">Of all utterances together.</param>
    /// <param name="frameStep">Above 1, the padded length is a multiple of it: libtorch is faster with shapes it has seen before.</param>
    public SpeechBatch Pad(IReadOnlyList<Tensor> utterances, double audioSeconds, Device device, int frameStep = 1)
    {
        using var scope = NewDisposeScope();
        var lengths = utterances.Select(u => u.shape[0]).ToArray();
        var step = frameStep > 1 ? frameStep * FrameLength : 1;
        var length = (lengths.Max() + step - 1) / step * step;
        var (frameCounts, maxFrames) = (lengths.Select(FramesIn).ToArray(), (int)FramesIn(length));
        var inputs = zeros([utterances.Count, length, .. utterances[0].shape[1..]]);
        for (var i = 0; i < utterances.Count; i++)
            inputs[i, ..(int)lengths[i]] = utterances[i];
        var mask = Present(frameCounts, maxFrames).to(device);
        var sampleCounts = inputs.dim() == 2 ? lengths : null; // of waveforms
        return new SpeechBatch(inputs.to(device), mask, frameCounts, audioSeconds) { SampleCounts = sampleCounts }.MoveToOuterScope();
    }

    /// <summary>True up to the count of each row. bool [B, T], on the CPU</summary>
    internal static Tensor Present(IReadOnlyList<long> counts, long frames)
    {
        var present = new bool[counts.Count * frames];
        for (var i = 0; i < counts.Count; i++)
            Array.Fill(present, true, (int)(i * frames), (int)counts[i]);
        return tensor(present, [counts.Count, frames]);
    }

    /// <summary>Encoder frames of an input of this length.</summary>
    protected abstract long FramesIn(long length);

    /// <summary>Length of the input from one encoder frame to the next.</summary>
    protected abstract long FrameLength { get; }

    /// <summary>Samples divided by <paramref name="scale"/>, with silence up to <see cref="MinSamples"/>. [S]</summary>
    protected Tensor Waveform(ReadOnlySpan<short> clip, float scale)
    {
        TorchRuntime.Initialize();
        var waveform = zeros(Math.Max(clip.Length, MinSamples));
        var samples = Samples(waveform);
        for (var i = 0; i < clip.Length; i++)
            samples[i] = clip[i] / scale;
        return waveform;
    }

    protected static Span<float> Samples(Tensor waveform) => MemoryMarshal.Cast<byte, float>(waveform.bytes);
}
