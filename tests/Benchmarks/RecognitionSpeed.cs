using System.Diagnostics;
using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using Ssl.Shared.Torch;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>A 10 s request as a recognizer answers it: features, forward, greedy decoding; and the bare forward in float and in bfloat16.</summary>
static class RecognitionSpeed
{
    const int Seconds = 10;

    public static void Print(BenchmarkShape shape)
    {
        var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(shape.Config, seed: 1), vocabulary.Size), vocabulary);
        var random = new Random(1);
        var clip = Enumerable.Range(0, Seconds * 16_000).Select(_ => (short)random.Next(-3000, 3000)).ToArray();
        using var batch = recognizer.Features.Batch([clip], CPU);
        Pairs.Print($"{shape.Name}, recognition of 10 s", "audio seconds a second", () => Seconds / Time(() => recognizer.Transcribe([clip])));
        Pairs.PrintRatio($"{shape.Name}, bfloat16 against float forward (speed-up)", () => Time(() => Forward(recognizer, batch, bf16: false)), () => Time(() => Forward(recognizer, batch, bf16: true)));
        Pairs.PrintRatio($"{shape.Name}, features and decoding around the bare forward (bare share)", () => Time(() => Forward(recognizer, batch, bf16: false)), () => Time(() => recognizer.Transcribe([clip])));
    }

    static void Forward(Recognizer recognizer, SpeechBatch batch, bool bf16)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        using var autocast = Bf16Autocast.WhereFast(bf16);
        recognizer.Model.Logits(batch);
    }

    static double Time(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
