using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Training;

/// <summary>
/// Model, optimizer, features and step of a pretraining, composed for the service, the experiments and the benchmarks. Not thread-safe.
/// </summary>
sealed class PretrainingSession : IDisposable
{
    readonly int microBatches;

    PretrainingSession(TrainingWeights weights, LearnerState start, PretrainingRecipe recipe, LearnerOptions options)
    {
        (Weights, Start, Recipe, microBatches) = (weights, start, recipe, options.Batch.MicroBatches);
        Features = new PretrainingFeatures(weights.Model.Encoder.Config, recipe);
        TrainingStep = new TrainingStep(weights.Model, weights.Optimizer, recipe, options.Training);
    }

    public TrainingWeights Weights { get; }

    /// <summary>Where the run stood when it was opened.</summary>
    public LearnerState Start { get; }

    public PretrainingRecipe Recipe { get; }

    public PretrainingFeatures Features { get; }

    public TrainingStep TrainingStep { get; }

    /// <summary>A new encoder.</summary>
    public static PretrainingSession Fresh(EncoderConfig config, PretrainingRecipe recipe, LearnerOptions options)
    {
        var weights = TrainingWeights.Fresh(config, PretrainingShape.For(config), recipe, options.Training.Seed, TorchRuntime.Device);
        return new(weights, new LearnerState { Seed = options.Training.Seed }, recipe, options);
    }

    /// <summary>The newest checkpoint, else what <c>Learner:Encoder</c> names.</summary>
    /// <exception cref="InvalidSettingException"><c>Learner:Encoder</c> names nothing that can be trained.</exception>
    public static PretrainingSession Open(
        LearnerOptions options, PretrainingRecipe recipe, CheckpointStore checkpoints, ModelRegistry registry, ILogger logger)
    {
        if (checkpoints.Newest(_ => true) is { } checkpoint)
        {
            logger.GoesOn(checkpoint.Path, checkpoint.State.Step, checkpoint.State.HoursHeard);
            return new(TrainingWeights.Open(checkpoint.Path, recipe, TorchRuntime.Device), checkpoint.State, recipe, options);
        }
        var (weights, parent) = new TrainingStart(options, recipe, registry).Open(TorchRuntime.Device);
        var state = new LearnerState { Seed = options.Training.Seed, ParentVersion = parent };
        logger.Begins(options.Encoder, state.Seed, TorchRuntime.Device.type.ToString(), TorchSharp.torch.get_num_threads());
        return new(weights, state, recipe, options);
    }

    /// <summary>Trains on a batch. Where a gradient is not finite, the weights stay as they were.</summary>
    /// <param name="clips">16 kHz, all of one length.</param>
    /// <param name="seed">With <paramref name="step"/>, decides everything random.</param>
    public StepOutcome Step(IReadOnlyList<ReadOnlyMemory<short>> clips, long seed, long step)
    {
        var partSize = (clips.Count + microBatches - 1) / microBatches;
        SpeechBatch[] parts = [.. clips.Chunk(partSize).Select(part => Features.Batch(part, TorchRuntime.Device))];
        try
        {
            return TrainingStep.Run(parts, seed, step);
        }
        finally
        {
            Array.ForEach(parts, part => part.Dispose());
        }
    }

    /// <summary>Moves the weight average towards the weights, after a step with a finite outcome.</summary>
    public void Average(long step) => Weights.Average.Update(Recipe.AverageShareAt(step));

    public void Dispose()
    {
        TrainingStep.Dispose();
        Weights.Dispose();
    }
}
