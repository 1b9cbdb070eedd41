using System.Runtime.InteropServices;
using Ssl.Learner.Batching;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Training;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Tests.Pretraining;

public sealed class TrainingStepTests
{
    static readonly PretrainingRecipe Defaults = new() { Distractors = 50 };

    static readonly Wav2Vec2BertConfig Config =
        new() { HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 64 };

    static readonly Wav2Vec2Config Waveform = new()
    {
        HiddenSize = 32,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        IntermediateSize = 64,
        ConvDim = [16, 16, 24],
        ConvKernel = [10, 8, 4],
        ConvStride = [5, 8, 8],
        FeatExtractNorm = FeatureNorm.Layer,
        DoStableLayerNorm = true,
        NumConvPosEmbeddings = 16,
        NumConvPosEmbeddingGroups = 4,
        NumCodevectorsPerGroup = 64,
        CodevectorDim = 64,
        ProjCodevectorDim = 64,
    };

    [Fact]
    public void The_losses_fall_on_one_batch()
    {
        using var training = new Training(Defaults with { WarmUpSteps = 20 });
        var first = training.Run(0);
        Assert.InRange(first.ContrastiveLoss, 3.5, 6);
        Assert.InRange(first.MaskedPredictionLoss, 5, 7.5);
        Assert.InRange(first.MaskedShare, 0.35, 0.65);
        Assert.Equal(6, first.AudioSeconds, 0.01);
        var (last, accuracies) = (first, new List<double>());
        for (var step = 1; step < 120; step++)
        {
            last = training.Run(step);
            accuracies.Add(last.MaskedPredictionAccuracy);
        }
        Assert.True(last.MaskedPredictionLoss < first.MaskedPredictionLoss - 2,
            $"{first.MaskedPredictionLoss} to {last.MaskedPredictionLoss}");
        Assert.True(last.ContrastiveLoss < 4, $"contrastive {last.ContrastiveLoss}");
        // Chance is 1 in 1,024 codes, and a step asks for some 150 frames.
        Assert.True(accuracies.TakeLast(20).Average() > 0.02, $"accuracy {string.Join(", ", accuracies.TakeLast(20))}");
        Assert.InRange(last.CodePerplexity, 10, 128);
        Assert.Equal(2, last.CodebookPerplexities.Count);
        Assert.All(last.CodebookPerplexities.Concat(last.SoftCodebookPerplexities), perplexity => Assert.InRange(perplexity, 1, 64.001));
    }

    [Fact]
    public void A_waveform_encoder_learns_both_objectives_too()
    {
        using var training = new Training(Defaults with { WarmUpSteps = 20 }, Waveform);
        Assert.Equal([3, training.Batch.MaxFrameCount, 160], training.Batch.LogMel!.shape);
        var first = training.Run(0);
        Assert.InRange(first.ContrastiveLoss, 3.5, 6);
        Assert.InRange(first.MaskedPredictionLoss, 5, 7.5);
        var last = first;
        for (var step = 1; step < 120; step++)
            last = training.Run(step);
        Assert.True(last.IsFinite);
        Assert.True(last.MaskedPredictionLoss < first.MaskedPredictionLoss - 1,
            $"{first.MaskedPredictionLoss} to {last.MaskedPredictionLoss}");
        Assert.True(last.ContrastiveLoss < first.ContrastiveLoss, $"contrastive {first.ContrastiveLoss} to {last.ContrastiveLoss}");
    }

    [Fact]
    public void Frames_that_have_no_targets_are_named_before_training()
    {
        var coarse = Waveform with { ConvStride = [5, 8, 4] };
        var e = Assert.Throws<InvalidModelException>(() => PretrainingFeatures.CheckTargets(coarse, new PretrainingRecipe()));
        Assert.Contains("every 160 samples", e.Message);
        PretrainingFeatures.CheckTargets(coarse, new PretrainingRecipe { MaskedPredictionWeight = 0 });
        PretrainingFeatures.CheckTargets(Wav2Vec2Config.Large, new PretrainingRecipe());
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var training = new Training(Defaults);
        training.Run(0);
        training.Run(1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 2; step < 6; step++)
            training.Run(step);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_same_seed_gives_the_same_losses_to_the_last_bit()
    {
        using var one = new Training(Defaults);
        using var other = new Training(Defaults);
        for (var step = 0; step < 5; step++)
            Assert.Equivalent(one.Run(step), other.Run(step), strict: true);
        Assert.NotEqual(one.Run(6).Loss, other.Run(7).Loss);
    }

    [Fact]
    public void Micro_batches_do_not_show_in_the_update()
    {
        // Without the quantiser, whose noise is drawn anew for each part, and in float, both are the same numbers but for rounding.
        var recipe = new PretrainingRecipe { ContrastiveWeight = 0 };
        using var whole = new Training(recipe, bf16: false);
        using var parts = new Training(recipe, bf16: false);
        for (var step = 0; step < 3; step++)
        {
            var (one, many) = (whole.Run(step), parts.RunOneByOne(step));
            Assert.Equal(one.MaskedPredictionLoss, many.MaskedPredictionLoss, 1e-4);
            Assert.Equal(one.GradientNorm, many.GradientNorm, 1e-3 * one.GradientNorm);
            Assert.Equal((one.MaskedShare, one.AudioSeconds), (many.MaskedShare, many.AudioSeconds));
        }
    }

    [Fact]
    public void The_encoder_hears_another_vocal_tract_and_is_asked_for_the_frames_as_they_were()
    {
        StepOutcome FirstStep(double warp)
        {
            using var training = new Training(Defaults with { FrequencyWarp = warp }, bf16: false);
            return training.Run(0);
        }
        var (plain, warped) = (FirstStep(0), FirstStep(0.3));
        Assert.NotEqual(plain.MaskedPredictionLoss, warped.MaskedPredictionLoss);
        Assert.Equal(plain.SoftCodebookPerplexities, warped.SoftCodebookPerplexities); // of the quantiser, which makes the targets
    }

    [Fact]
    public void Micro_batches_learn_the_contrastive_objective_too()
    {
        using var training = new Training(Defaults with { WarmUpSteps = 20 });
        var first = training.RunOneByOne(0);
        Assert.InRange(first.ContrastiveLoss, 3.5, 6);
        var last = first;
        for (var step = 1; step < 60; step++)
            last = training.RunOneByOne(step);
        Assert.True(last.ContrastiveLoss < first.ContrastiveLoss
            && last.MaskedPredictionLoss < first.MaskedPredictionLoss - 1, $"{first} to {last}");
    }

    [Fact]
    public void A_step_that_is_not_finite_touches_no_weight()
    {
        using var training = new Training(Defaults);
        training.Run(0);
        using var scope = NewDisposeScope();
        var before = training.Model.State.Select(t => t.Tensor.clone()).ToArray();
        training.Batch.Inputs[0, 0, 0] = float.NaN;
        Assert.False(training.Run(1).IsFinite);
        Assert.All(training.Model.State.Zip(before), pair => Assert.True(pair.First.Tensor.eq(pair.Second).all().item<bool>()));
    }

    [Fact]
    public void The_average_follows_the_weights()
    {
        using var training = new Training(Defaults with { AverageDecay = 0.5 });
        using var average = new WeightAverage(Training.Fresh(), training.Model);
        for (var step = 0; step < 10; step++)
        {
            training.Run(step);
            average.Update(training.Recipe.AverageShareAt(step));
        }
        using var scope = NewDisposeScope();
        double Distance(PretrainingModel other) => Math.Sqrt(training.Model.Parameters.Zip(other.Parameters)
            .Sum(p => (p.First.Parameter - p.Second.Parameter).pow(2).sum().item<float>()));
        using var start = Training.Fresh();
        Assert.InRange(Distance(average.Model), 1e-6, Distance(start) / 2);
    }

    /// <summary>Steps of a session on three clips.</summary>
    sealed class Training : IDisposable
    {
        readonly PretrainingSession session;
        readonly ReadOnlyMemory<short>[] clips = [.. Enumerable.Range(1, 3)
            .Select(i => (ReadOnlyMemory<short>)MemoryMarshal.Cast<byte, short>(Segments.Tones(i, 2).Pcm.Span).ToArray())];

        public Training(PretrainingRecipe recipe, EncoderConfig? config = null, bool bf16 = true)
        {
            TorchRuntime.UseThreads(1);
            session = PretrainingSession.Fresh(config ?? Config, recipe, new LearnerOptions
            {
                Batch = new() { MicroBatchSeconds = 2 }, // a clip
                Training = new() { Seed = 3, Bf16 = bf16 },
            });
            Batch = session.Features.Batch(clips, TorchRuntime.Device);
        }

        public PretrainingRecipe Recipe => session.Recipe;
        public PretrainingModel Model => session.Weights.Model;
        public SpeechBatch Batch { get; }

        public static PretrainingModel Fresh() => PretrainingModel.Create(Config, PretrainingShape.For(Config), 3, TorchRuntime.Device);

        public StepOutcome Run(long number) => session.TrainingStep.Run([Batch], 1, number);

        /// <summary>The same clips in as many micro-batches.</summary>
        public StepOutcome RunOneByOne(long number) => session.Step(clips, 1, number);

        public void Dispose()
        {
            session.Dispose();
            Batch.Dispose();
        }
    }
}
