using System.Diagnostics;
using Ssl.Shared.Model;
using Ssl.Shared.Recognition;

namespace Ssl.Benchmarks;

/// <summary>A 10 s request as a recognizer of <c>Tiny</c> answers it: features, forward, greedy decoding.</summary>
static class RecognitionSpeed
{
    const int Seconds = 10;

    public static void Print()
    {
        var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1), vocabulary.Size), vocabulary);
        var random = new Random(1);
        var clip = Enumerable.Range(0, Seconds * 16_000).Select(_ => (short)random.Next(-3000, 3000)).ToArray();
        Pairs.Print("Tiny, recognition of 10 s", "audio seconds a second", () =>
        {
            var started = Stopwatch.GetTimestamp();
            recognizer.Transcribe([clip]);
            return Seconds / Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }
}
