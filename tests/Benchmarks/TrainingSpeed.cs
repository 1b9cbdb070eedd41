using System.Diagnostics;
using Ssl.Learner;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Training;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>Speed of the Learner's pretraining step, from features to update; then the shares of its parts.</summary>
sealed class TrainingSpeed : IDisposable
{
    const int CropSamples = 5 * 16_000;
    const int ProfiledSteps = 10;

    readonly BenchmarkShape shape;
    readonly PretrainingSession session;
    readonly ReadOnlyMemory<short>[] clips;
    long number;

    TrainingSpeed(BenchmarkShape shape)
    {
        this.shape = shape;
        // The reference has no masked prediction; at its shapes neither has this.
        var recipe = new PretrainingRecipe { MaskedPredictionWeight = shape.ReferenceShare is null ? 1 : 0 };
        session = PretrainingSession.Fresh(shape.Config, recipe, new LearnerOptions());
        var random = new Random(1);
        clips = [.. Enumerable.Range(0, shape.Crops).Select(_ => (ReadOnlyMemory<short>)Clip(random))];
    }

    public static void Print(BenchmarkShape shape)
    {
        using var speed = new TrainingSpeed(shape);
        Pairs.Print($"{shape.Name}, training", "audio seconds a second", speed.Rate);
        var operationsPerSecond = () => speed.Rate() * shape.TrainedGflop * 1e9;
        var type = Bf16Autocast.IsFast ? ScalarType.BFloat16 : ScalarType.Float32;
        Pairs.PrintPeakShare($"{shape.Name}, training", type, operationsPerSecond);
        if (shape.ReferenceShare is { } reference)
            Pairs.PrintShare($"{shape.Name}, training", operationsPerSecond, reference);
        speed.PrintProfile();
        speed.PrintAllocation();
    }

    public void Dispose() => session.Dispose();

    double Rate()
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = session.Step(clips, 1, number++);
        return outcome.AudioSeconds / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    void PrintProfile()
    {
        var (extraction, convolutions, context, objective, whole, optimiser) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        var (device, encoder, step, optimizer) =
            (TorchRuntime.Device, session.Weights.Model.Encoder, session.TrainingStep, session.Weights.Optimizer);
        for (var i = 0; i < ProfiledSteps; i++)
        {
            using var scope = NewDisposeScope();
            SpeechBatch batch = null!;
            extraction += Seconds(() => batch = session.Features.Batch(clips, device));
            var masked = MaskedFrames.Draw(batch.FrameCounts, (int)batch.MaxFrameCount, session.Recipe, 1, number);
            Tensor encoded = null!;
            using (Bf16Autocast.WhereFast())
            {
                convolutions += Seconds(() => encoded = encoder.ExtractFeatures(batch));
                context += Seconds(() => encoder.Contextualise(encoded, batch.PaddingMask, masked.TimeMask(device)));
            }
            objective += Seconds(() => step.Objective(batch, masked, 1, number, part: 0, firstRow: 0));
            whole += Seconds(() => step.Run([batch], 1, number++));
            step.Objective(batch, masked, 1, number, part: 0, firstRow: 0)[0].backward();
            optimiser += Seconds(() =>
            {
                optimizer.ClipGradientsDeferred(1);
                optimizer.Step(1e-4);
                optimizer.ZeroGrad();
            });
        }
        var total = extraction + whole;
        string Share(double seconds) => $"{seconds / total:0 %}";
        Console.WriteLine($"{shape.Name}, a step of {total / ProfiledSteps * 1000:0} ms: log-mel or waveform {Share(extraction)}, "
            + $"convolutions {Share(convolutions)}, context network {Share(context)}, "
            + $"quantiser, heads and losses {Share(Math.Max(0, objective - convolutions - context))}, "
            + $"backward {Share(Math.Max(0, whole - objective - optimiser))}, clipping and optimiser {optimiser / total:0.0 %}");
    }

    void PrintAllocation()
    {
        GC.Collect();
        var (before, collections) = (GC.GetAllocatedBytesForCurrentThread(), GC.CollectionCount(2));
        for (var i = 0; i < ProfiledSteps; i++)
            Rate();
        var kilobytes = (GC.GetAllocatedBytesForCurrentThread() - before) / ProfiledSteps / 1000;
        var gen2 = GC.CollectionCount(2) - collections;
        Console.WriteLine($"{shape.Name}: {kilobytes} kB of managed memory a step, {gen2} gen-2 collections in {ProfiledSteps} steps");
    }

    static short[] Clip(Random random) =>
        [.. Enumerable.Range(0, CropSamples).Select(i => (short)(3000 * Math.Sin(i * 0.05) + random.Next(-500, 500)))];

    static double Seconds(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
