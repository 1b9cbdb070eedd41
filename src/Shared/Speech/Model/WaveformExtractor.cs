using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// The waveform, each utterance at zero mean and unit variance if the model requires it (transformers' Wav2Vec2FeatureExtractor,
/// <c>do_normalize</c>). Padding is always masked, so that the result does not depend on the rest of the batch; the reference does
/// not mask it for group-norm models.
/// </summary>
public sealed class WaveformExtractor(Wav2Vec2Config config) : FeatureExtractor
{
    internal const float FullScale = 32768;
    const double VarianceFloor = RunningNorm.VarianceFloor;

    public override double FrameSeconds => config.FrameSamples / (double)AudioFormat.SampleRateHz;
    public override int MinSamples => (int)config.WindowSamples;
    protected override long FrameLength => config.FrameSamples;

    public override int FramesOf(int samples) => (int)config.FramesOf(Math.Max(samples, MinSamples));

    public override Tensor Extract(ReadOnlyMemory<short> clip)
    {
        var waveform = Waveform(clip.Span, FullScale);
        if (config.NormaliseInput)
            Normalise(Samples(waveform));
        return waveform;
    }

    public override FeatureStream Stream(RunningNorm? before) =>
        new WaveformStream(config, RunningNorm.Continue(before, 1, AudioFormat.SampleRateHz));

    protected override long FramesIn(long length) => config.FramesOf(length);

    static void Normalise(Span<float> samples)
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
