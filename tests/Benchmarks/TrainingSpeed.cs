using System.Diagnostics;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Model;
using Ssl.Shared.Torch;
using static TorchSharp.torch;

namespace Ssl.Benchmarks;

/// <summary>Full pretraining steps of <c>Tiny</c> on 20 s of audio: features, forward, losses, backward, clipping, update.</summary>
static class TrainingSpeed
{
    const int Crops = 4;
    const int CropSamples = 5 * 16_000;

    public static void Print()
    {
        var (objectives, training) = (new ObjectiveOptions(), new TrainingOptions());
        var config = Wav2Vec2BertConfig.Tiny;
        using var model = PretrainingModel.Create(config, PretrainingShape.For(config), seed: 1, CPU);
        using var optimizer = new FusedAdamW(model.Parameters.Select(p => new TrainedParameter(p.Name, p.Parameter, training.WeightDecay)), training.Beta1, training.Beta2, training.AdamEpsilon);
        using var step = new TrainingStep(model, optimizer, objectives, training);
        var features = FeatureExtractor.For(config);
        var random = new Random(1);
        var clips = Enumerable.Range(0, Crops).Select(_ => (ReadOnlyMemory<short>)Enumerable.Range(0, CropSamples).Select(i => (short)(3000 * Math.Sin(i * 0.05) + random.Next(-500, 500))).ToArray()).ToArray();
        var number = 0L;
        Pairs.Print("Tiny, training", "audio seconds a second", () =>
        {
            var started = Stopwatch.GetTimestamp();
            using var batch = features.Batch(clips, CPU);
            step.Run(batch, 1, number++);
            return batch.AudioSeconds / Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }
}
