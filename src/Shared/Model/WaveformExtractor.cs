using Ssl.Shared.Contracts;
using Ssl.Shared.Torch;
using static TorchSharp.torch;

namespace Ssl.Shared.Model;

/// <summary>
/// The waveform itself, each utterance at zero mean and unit variance where the model asks for it (transformers' Wav2Vec2FeatureExtractor, <c>do_normalize</c>).
/// Published group-norm models are fed in the reference without a mask, and see their padding. Here padding is masked for all: each answer is
/// what the utterance would get alone.
/// </summary>
public sealed class WaveformExtractor(Wav2Vec2Config config) : FeatureExtractor
{
    const float FullScale = 32768;
    const double VarianceFloor = 1e-7;

    public override double FrameSeconds => config.FrameSamples / (double)AudioFormat.SampleRateHz;

    public override int LeastSamples => (int)config.WindowSamples;

    public override SpeechBatch Batch(IReadOnlyList<ReadOnlyMemory<short>> clips, Device device)
    {
        TorchRuntime.Initialize();
        var sampleCounts = clips.Select(c => (long)Math.Max(c.Length, LeastSamples)).ToArray();
        var frameCounts = sampleCounts.Select(config.FramesOf).ToArray();
        var row = (int)sampleCounts.Max();
        using var scope = NewDisposeScope();
        var waveforms = zeros(clips.Count, row);
        for (var i = 0; i < clips.Count; i++)
            Write(clips[i].Span, waveforms.bytes.Slice(i * row * sizeof(float), (int)sampleCounts[i] * sizeof(float)));
        var mask = FrameMask(frameCounts);
        return new SpeechBatch(waveforms.to(device).MoveToOuterDisposeScope(), mask.to(device).MoveToOuterDisposeScope(), frameCounts, AudioFormat.SecondsOf(clips.Sum(c => c.Length)))
        {
            SampleCounts = sampleCounts,
        };
    }

    void Write(ReadOnlySpan<short> clip, Span<byte> row)
    {
        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(row);
        for (var i = 0; i < clip.Length; i++)
            samples[i] = clip[i] / FullScale;
        if (config.NormaliseInput)
            Normalise(samples);
    }

    internal static void Normalise(Span<float> samples)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var sample in samples)
            sum += sample;
        var mean = sum / samples.Length;
        foreach (var sample in samples)
            squares += (sample - mean) * (sample - mean);
        var scale = 1 / Math.Sqrt(squares / samples.Length + VarianceFloor);
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (float)((samples[i] - mean) * scale);
    }
}
