using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

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

    public override int FramesOf(int samples) => (int)config.FramesOf(Math.Max(samples, LeastSamples));

    public override Tensor Extract(ReadOnlyMemory<short> clip)
    {
        TorchRuntime.Initialize();
        var waveform = zeros(Math.Max(clip.Length, LeastSamples));
        var samples = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(waveform.bytes);
        for (var i = 0; i < clip.Length; i++)
            samples[i] = clip.Span[i] / FullScale;
        if (config.NormaliseInput)
            Normalise(samples);
        return waveform;
    }

    public override SpeechBatch Pad(IReadOnlyList<Tensor> utterances, double audioSeconds, Device device, int frameStep = 1)
    {
        using var scope = NewDisposeScope();
        var sampleCounts = utterances.Select(u => u.shape[0]).ToArray();
        var longest = frameStep == 1 ? sampleCounts.Max() : RoundUp(sampleCounts.Max(), frameStep * config.FrameSamples);
        var frameCounts = sampleCounts.Select(config.FramesOf).ToArray();
        var mask = FrameMask(frameCounts, (int)config.FramesOf(longest));
        return new SpeechBatch(Stack(utterances, longest).to(device).MoveToOuterDisposeScope(), mask.to(device).MoveToOuterDisposeScope(), frameCounts, audioSeconds) { SampleCounts = sampleCounts };
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
