using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Benchmarks;

/// <summary>Silero VAD 5 by ONNX Runtime, on one thread: 32 ms at a time, with the 4 ms before them.</summary>
sealed class SileroDetector(string model) : IDisposable
{
    public const string Model = "artifacts/silero_vad_v5.onnx"; // deploy/setup.sh fetches it
    const int Block = 512;
    const int Before = 64;

    readonly InferenceSession session = new(model, new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 });

    /// <summary>The probability of speech in each block.</summary>
    public IEnumerable<(int Start, int End, float Probability)> Detect(short[] samples)
    {
        var (input, state) = (new float[Before + Block], new DenseTensor<float>([2, 1, 128]));
        var rate = new DenseTensor<long>(new long[] { AudioFormat.SampleRateHz }, [1]);
        for (var at = 0; at + Block <= samples.Length; at += Block)
        {
            input.AsSpan(Block).CopyTo(input);
            for (var i = 0; i < Block; i++)
                input[Before + i] = samples[at + i] / 32768f;
            using var results = session.Run([
                NamedOnnxValue.CreateFromTensor("input", new DenseTensor<float>(input, [1, input.Length])),
                NamedOnnxValue.CreateFromTensor("state", state), NamedOnnxValue.CreateFromTensor("sr", rate)]);
            state = results.Single(r => r.Name == "stateN").AsTensor<float>().ToDenseTensor();
            yield return (at, at + Block, results.Single(r => r.Name == "output").AsTensor<float>().First());
        }
    }

    public void Dispose() => session.Dispose();
}
