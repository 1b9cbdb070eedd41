using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Kaldi's filterbank as transformers' SeamlessM4TFeatureExtractor computes it: 25 ms Povey windows every 10 ms, offset removed,
/// pre-emphasis 0.97, 80 mel bins from 20 Hz, natural log; each bin at zero mean and unit variance over the utterance; frames stacked
/// (two in the published model, three in Tiny). Trailing frames that do not fill a stack are dropped; with an
/// adapter they are masked, as in the reference.
/// </summary>
public sealed class LogMelExtractor : FeatureExtractor
{
    public const int DefaultStride = 2;
    public const int FrameSamples = DefaultStride * HopSamples; // from one encoder frame to the next at the default stride

    internal const int WindowSamples = 400;
    internal const int HopSamples = 160;
    const int FftSize = 512;
    const int Frequencies = FftSize / 2 + 1;
    const double PreEmphasis = 0.97;
    const double MinHz = 20;
    static readonly Scalar MelFloor = 1.192092955078125e-07f;
    static readonly Scalar VarianceFloor = RunningNorm.VarianceFloor;

    readonly int bins;
    readonly int stride;
    readonly bool asReference;
    readonly Tensor analysis; // [400, 2 * 257]: offset removal, pre-emphasis, window and Fourier transform are one linear map
    readonly Tensor melFilters; // [257, bins]

    /// <param name="stride">Frames of 10 ms stacked into one encoder frame.</param>
    /// <param name="asReference">For adapters, whose output depends on it: batches have a masked last frame where windows are left over
    /// (<see cref="SpeechBatch.PaddedCounts"/>), and the spectrum is computed in float64; in float32, the faintest bands of speech are off
    /// by 1e-3.</param>
    public LogMelExtractor(int featureSize = 160, int stride = DefaultStride, bool asReference = false)
    {
        if (featureSize <= 0 || stride <= 0 || featureSize % stride != 0)
            throw new InvalidModelException($"feature size is {featureSize}, expected a multiple of {stride}: stacked log-mel frames");
        TorchRuntime.Initialize();
        (this.stride, this.asReference, bins) = (stride, asReference, featureSize / stride);
        var type = asReference ? ScalarType.Float64 : ScalarType.Float32;
        analysis = AnalysisMatrix(type).DetachFromDisposeScope();
        melFilters = MelFilters(bins, type).DetachFromDisposeScope();
    }

    public override double FrameSeconds => stride * HopSamples / (double)AudioFormat.SampleRateHz;
    public override int MinSamples => WindowSamples + (stride - 1) * HopSamples;
    protected override long FrameLength => 1;

    public override int FramesOf(int samples) => Windows(samples) / stride;

    public override SpeechBatch Batch(IReadOnlyList<ReadOnlyMemory<short>> clips, Device device)
    {
        var batch = base.Batch(clips, device);
        if (!asReference)
            return batch;
        var counts = clips.Select(clip => (Windows(clip.Length) + stride - 1L) / stride).ToArray();
        if (counts.Max() == batch.MaxFrameCount)
            return batch with { PaddedCounts = counts };
        using var shorter = batch;
        using var none = zeros(clips.Count, 1, dtype: ScalarType.Bool, device: device);
        return new SpeechBatch(
            nn.functional.pad(batch.Inputs, (0, 0, 0, 1)), cat([batch.FrameMask, none], 1), batch.FrameCounts, batch.AudioSeconds)
        {
            PaddedCounts = counts,
        };
    }

    protected override long FramesIn(long length) => length;

    public override Tensor Extract(ReadOnlyMemory<short> clip)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return ExtractScaled(Waveform(clip.Span, scale: 1)).MoveToOuterDisposeScope();
    }

    public override FeatureStream Stream(RunningNorm? before) =>
        new LogMelStream(this, RunningNorm.Continue(before, bins, AudioFormat.SampleRateHz / HopSamples));

    /// <param name="samples">float [S], in the range of 16-bit integers.</param>
    internal Tensor ExtractScaled(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var logMel = LogMel(samples); // [F, bins]
        var deviation = logMel.var(0, unbiased: true, keepdim: true).Plus(VarianceFloor).sqrt_();
        var normalised = (logMel - logMel.mean([0], keepdim: true)) / deviation;
        var count = normalised.shape[0] / stride;
        return normalised.narrow(0, 0, count * stride).reshape(count, stride * bins).MoveToOuterDisposeScope(); // [T, C]
    }

    /// <summary>Mean and standard deviation of each bin over a clip, before normalisation. [2 * bins]</summary>
    public float[] Statistics(ReadOnlyMemory<short> clip)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var logMel = LogMel(Waveform(clip.Span, scale: 1));
        return cat([logMel.mean([0]), logMel.std([0], unbiased: false)]).data<float>().ToArray();
    }

    /// <summary>Before normalisation; a row depends on its window of samples alone. [F, bins]</summary>
    /// <param name="samples">float [S], in the range of 16-bit integers.</param>
    internal Tensor LogMel(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var frames = samples.to(analysis.dtype).unfold(0, WindowSamples, HopSamples); // [F, 400]
        var spectrum = frames.mm(analysis); // [F, 2 * 257]
        spectrum = spectrum.mul_(spectrum);
        var power = spectrum.narrow(1, 0, Frequencies).add_(spectrum.narrow(1, Frequencies, Frequencies), Constant.One); // [F, 257]
        return power.mm(melFilters).clamp_min_(MelFloor).log_().to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    internal int Bins => bins;
    internal int StackedFrames => stride;

    int Windows(int samples) => (Math.Max(samples, MinSamples) - WindowSamples) / HopSamples + 1;

    static Tensor AnalysisMatrix(ScalarType type)
    {
        var matrix = new double[WindowSamples * 2 * Frequencies];
        for (var column = 0; column < 2 * Frequencies; column++)
        {
            var wave = new double[WindowSamples];
            for (var n = 0; n < WindowSamples; n++)
            {
                var window = Math.Pow(0.5 - 0.5 * Math.Cos(2 * Math.PI * n / (WindowSamples - 1)), 0.85); // Povey
                var angle = 2 * Math.PI * n * (column % Frequencies) / FftSize;
                wave[n] = window * (column < Frequencies ? Math.Cos(angle) : -Math.Sin(angle));
            }
            // Linear maps compose from the right: window and transform, pre-emphasis (sample 0 precedes itself), removal of the mean.
            var emphasised = new double[WindowSamples];
            for (var n = 0; n < WindowSamples; n++)
                emphasised[n] = wave[n] - (n == 0 ? PreEmphasis * wave[0] : 0) - (n + 1 < WindowSamples ? PreEmphasis * wave[n + 1] : 0);
            var mean = emphasised.Average();
            for (var n = 0; n < WindowSamples; n++)
                matrix[n * 2 * Frequencies + column] = emphasised[n] - mean;
        }
        return tensor(matrix, [WindowSamples, 2 * Frequencies]).to(type);
    }

    /// <summary>Triangles of equal width on the mel scale 1127 ln(1 + f / 700).</summary>
    static Tensor MelFilters(int bins, ScalarType type)
    {
        static double Mel(double hz) => 1127 * Math.Log(1 + hz / 700);
        var (low, step) = (Mel(MinHz), (Mel(AudioFormat.SampleRateHz / 2.0) - Mel(MinHz)) / (bins + 1));
        var weights = new double[Frequencies * bins];
        for (var k = 0; k < Frequencies; k++)
        {
            var mel = Mel(k * (double)AudioFormat.SampleRateHz / FftSize);
            for (var b = 0; b < bins; b++)
            {
                var (rising, falling) = ((mel - low) / step - b, b + 2 - (mel - low) / step);
                weights[k * bins + b] = Math.Max(0, Math.Min(rising, falling));
            }
        }
        return tensor(weights, [Frequencies, bins]).to(type);
    }
}
