using System.Buffers;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>
/// Kaldi's filterbank as transformers' SeamlessM4TFeatureExtractor computes it: 25 ms Povey windows every 10 ms, offset removed,
/// pre-emphasis 0.97, 80 mel bins from 20 Hz, natural log; each bin to zero mean and unit variance over the utterance; frames stacked, two in the published model.
/// Last frames that fill no stack are dropped (the reference masks them).
/// </summary>
public sealed class LogMelExtractor : FeatureExtractor
{
    const int WindowSamples = 400;
    const int HopSamples = 160;
    const int FftSize = 512;
    /// <summary>Of the published model.</summary>
    public const int DefaultStride = 2;

    const double PreEmphasis = 0.97;
    const double LowestHz = 20;
    static readonly Scalar MelFloor = 1.192092955078125e-07f;
    static readonly Scalar VarianceFloor = 1e-7;

    readonly int bins;
    readonly int stride;
    readonly Tensor analysis; // [400, 2 * 257]: offset removal, pre-emphasis, window and Fourier transform are one linear map
    readonly Tensor melFilters; // [257, bins]

    /// <param name="featureSize">Bins times stacked frames.</param>
    /// <param name="stride">Frames of 10 ms that are stacked, so that one encoder frame stands for so many.</param>
    public LogMelExtractor(int featureSize = 160, int stride = DefaultStride)
    {
        if (featureSize <= 0 || stride <= 0 || featureSize % stride != 0)
            throw new InvalidModelException($"feature_projection_input_dim is {featureSize}, expected a multiple of {stride}: stacked log-mel frames");
        TorchRuntime.Initialize();
        this.stride = stride;
        bins = featureSize / stride;
        analysis = AnalysisMatrix().DetachFromDisposeScope();
        melFilters = MelFilters(bins).DetachFromDisposeScope();
    }

    /// <summary>Samples from one frame to the next where two are stacked.</summary>
    public const int FrameSamples = DefaultStride * HopSamples;

    public override double FrameSeconds => stride * HopSamples / (double)AudioFormat.SampleRateHz;

    public override int LeastSamples => WindowSamples + (stride - 1) * HopSamples;

    public override int FramesOf(int samples) => ((Math.Max(samples, LeastSamples) - WindowSamples) / HopSamples + 1) / stride;

    public override SpeechBatch Pad(IReadOnlyList<Tensor> utterances, double audioSeconds, Device device, int frameStep = 1)
    {
        using var scope = NewDisposeScope();
        var counts = utterances.Select(u => u.shape[0]).ToArray();
        var longest = RoundUp(counts.Max(), frameStep);
        return new SpeechBatch(Stack(utterances, longest).to(device).MoveToOuterDisposeScope(), FrameMask(counts, (int)longest).to(device).MoveToOuterDisposeScope(), counts, audioSeconds);
    }

    public override Tensor Extract(ReadOnlyMemory<short> clip)
    {
        var count = Math.Max(clip.Length, LeastSamples);
        var buffer = ArrayPool<float>.Shared.Rent(count);
        try
        {
            var span = clip.Span;
            for (var i = 0; i < span.Length; i++)
                buffer[i] = span[i];
            buffer.AsSpan(span.Length, count - span.Length).Clear();
            using var scope = NewDisposeScope();
            using var guard = no_grad();
            return ExtractScaled(frombuffer(buffer, ScalarType.Float32, count)).MoveToOuterDisposeScope();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <param name="samples">float [S], in the range of 16-bit integers.</param>
    internal Tensor ExtractScaled(Tensor samples)
    {
        using var scope = NewDisposeScope();
        var frames = samples.unfold(0, WindowSamples, HopSamples); // [F, 400]
        var spectrum = frames.mm(analysis); // [F, 2 * 257]
        spectrum = spectrum.mul_(spectrum);
        var half = spectrum.shape[1] / 2;
        var power = spectrum.narrow(1, 0, half).add_(spectrum.narrow(1, half, half), Constant.One); // [F, 257]
        var logMel = power.mm(melFilters).clamp_min_(MelFloor).log_(); // [F, bins]
        var normalised = (logMel - logMel.mean([0], keepdim: true)) / logMel.var(0, unbiased: true, keepdim: true).Plus(VarianceFloor).sqrt_();
        var count = normalised.shape[0] / stride;
        return normalised.narrow(0, 0, count * stride).reshape(count, stride * bins).MoveToOuterDisposeScope(); // [T, C]
    }

    static Tensor AnalysisMatrix()
    {
        const int half = FftSize / 2 + 1;
        var matrix = new float[WindowSamples * 2 * half];
        for (var column = 0; column < 2 * half; column++)
        {
            var wave = new double[WindowSamples];
            for (var n = 0; n < WindowSamples; n++)
            {
                var window = Math.Pow(0.5 - 0.5 * Math.Cos(2 * Math.PI * n / (WindowSamples - 1)), 0.85); // Povey
                var angle = 2 * Math.PI * n * (column % half) / FftSize;
                wave[n] = window * (column < half ? Math.Cos(angle) : -Math.Sin(angle));
            }
            // From right to left: window and transform, then pre-emphasis (the first sample stands before itself), then the removal of the mean.
            var emphasised = new double[WindowSamples];
            for (var n = 0; n < WindowSamples; n++)
                emphasised[n] = wave[n] - (n == 0 ? PreEmphasis * wave[0] : 0) - (n + 1 < WindowSamples ? PreEmphasis * wave[n + 1] : 0);
            var mean = emphasised.Average();
            for (var n = 0; n < WindowSamples; n++)
                matrix[n * 2 * half + column] = (float)(emphasised[n] - mean);
        }
        return tensor(matrix, [WindowSamples, 2 * half]);
    }

    /// <summary>Triangles of equal width on the mel scale 1127 ln(1 + f / 700).</summary>
    static Tensor MelFilters(int bins)
    {
        static double Mel(double hz) => 1127 * Math.Log(1 + hz / 700);
        const double nyquistHz = AudioFormat.SampleRateHz / 2.0;
        var (low, step) = (Mel(LowestHz), (Mel(nyquistHz) - Mel(LowestHz)) / (bins + 1));
        var weights = new float[(FftSize / 2 + 1) * bins];
        for (var k = 0; k <= FftSize / 2; k++)
        {
            var mel = Mel(k * (double)AudioFormat.SampleRateHz / FftSize);
            for (var b = 0; b < bins; b++)
            {
                var (rising, falling) = ((mel - low) / step - b, b + 2 - (mel - low) / step);
                weights[k * bins + b] = (float)Math.Max(0, Math.Min(rising, falling));
            }
        }
        return tensor(weights, [FftSize / 2 + 1, bins]);
    }
}
