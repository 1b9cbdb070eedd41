using System.Diagnostics;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>Speed of recognition: all of it with greedy decoding; beam search alone; the forward pass in float and smaller types.</summary>
static class RecognitionSpeed
{
    const int Seconds = 10;
    const double LettersASecond = 15;
    const string Pangram = "the quick brown fox jumps over the lazy dog";

    public static void Print(BenchmarkShape shape)
    {
        var vocabulary = Vocabulary.FromTexts([Pangram]);
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(shape.Config, seed: 1), vocabulary.Size), vocabulary);
        var random = new Random(1);
        var clip = Enumerable.Range(0, Seconds * 16_000).Select(_ => (short)random.Next(-3000, 3000)).ToArray();
        using var batch = recognizer.Features.Batch([clip], CPU);
        var recognition = () => Time(() => recognizer.Transcribe([clip]));
        var forward = () => Time(() => Forward(recognizer.Model, batch));
        Pairs.Print($"{shape.Name}, recognition of 10 s", "audio seconds a second", () => Seconds / recognition());
        foreach (var precision in new[] { Precision.BFloat16, Precision.Int8 }.Where(p => PrecisionChoice.Of(p, 0) == p))
        {
            using var frozen = new CtcModel(SpeechEncoder.Create(shape.Config, seed: 1), vocabulary.Size);
            frozen.eval();
            frozen.Freeze(precision);
            var inSmaller = () => Time(() => Forward(frozen, batch));
            Pairs.PrintRatio($"{shape.Name}, {precision} against float forward (speed-up)", forward, inSmaller);
        }
        PrintSearch(shape.Name, recognizer, forward);
        Pairs.PrintRatio($"{shape.Name}, features and decoding around the bare forward (bare share)", forward, recognition);
    }

    /// <summary>
    /// Beam search with n-grams of letters and known words, against the forward pass: 15 letters a second, each in one frame with a
    /// probability of 0.6 beside two others; blanks with 0.9.
    /// </summary>
    static void PrintSearch(string name, Recognizer recognizer, Func<double> forward)
    {
        var vocabulary = recognizer.Vocabulary;
        var options = new DecodingRecipe();
        string[] texts = [Pangram, Pangram, "how vexingly quick daft zebras jump", "pack my box with five dozen liquor jugs"];
        var letters = LetterNGrams.Estimate(texts, 6, vocabulary);
        var search = new BeamDecoder(vocabulary, ILanguageModel.Of(letters, KnownWords.Estimate(texts), vocabulary, options), options);
        var (random, frames) = (new Random(1), (int)(Seconds / recognizer.Features.FrameSeconds));
        var every = Math.Max(1, (int)Math.Round(1 / (LettersASecond * recognizer.Features.FrameSeconds)));
        var logProbabilities = new float[frames * vocabulary.Size];
        for (var frame = 0; frame < frames; frame++)
        {
            var row = logProbabilities.AsSpan(frame * vocabulary.Size, vocabulary.Size);
            row.Fill(MathF.Log(0.1f / vocabulary.Size));
            row[Vocabulary.BlankLabel] = MathF.Log(frame % every == 0 ? 0.05f : 0.9f);
            if (frame % every == 0)
                foreach (var probability in new[] { 0.1f, 0.15f, 0.6f })
                    row[random.Next(vocabulary.DelimiterLabel, vocabulary.Size)] = MathF.Log(probability);
        }
        Pairs.PrintRatio(
            $"{name}, beam search with n-grams beside the bare forward (share of its time)",
            () => Time(() => search.Decode(logProbabilities)),
            forward);
    }

    static void Forward(CtcModel model, SpeechBatch batch)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        using var autocast = model.Precision == Precision.BFloat16 ? new Bf16Autocast() : null;
        model.Logits(batch);
    }

    static double Time(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
