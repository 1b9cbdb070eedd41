using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Training;

/// <summary>Model, optimiser, features and step of a pretraining, for the service, experiments and benchmarks. Not thread-safe.</summary>
sealed class PretrainingSession : IDisposable
{
    readonly double microBatchSamples;

    PretrainingSession(TrainingWeights weights, LearnerState start, PretrainingRecipe recipe, LearnerOptions options)
    {
        (Weights, Start, Recipe) = (weights, start, recipe);
        microBatchSamples = options.Batch.MicroBatchSeconds * AudioFormat.SampleRateHz;
        Features = new PretrainingFeatures(weights.Model.Encoder.Config, recipe);
        TrainingStep = new TrainingStep(weights.Model, weights.Optimizer, recipe, options.Training);
    }

    /// <summary>State of the run when it was opened.</summary>
    public LearnerState Start { get; }

    public PretrainingRecipe Recipe { get; }
    public TrainingWeights Weights { get; }
    public PretrainingFeatures Features { get; }
    public TrainingStep TrainingStep { get; }

    /// <summary>A new encoder.</summary>
    public static PretrainingSession Fresh(EncoderConfig config, PretrainingRecipe recipe, LearnerOptions options)
    {
        var weights = TrainingWeights.Fresh(config, PretrainingShape.For(config), recipe, options.Training.Seed, TorchRuntime.Device);
        return new(weights, new LearnerState { Seed = options.Training.Seed }, recipe, options);
    }

    /// <summary>From the newest checkpoint, else from the encoder that <c>Learner:Encoder</c> names.</summary>
    /// <exception cref="InvalidSettingException"><c>Learner:Encoder</c> names nothing that can be trained.</exception>
    public static PretrainingSession Open(TrainingSetup setup, CheckpointStore checkpoints)
    {
        var (options, recipe, device, logger) = (setup.Options, setup.Recipe, TorchRuntime.Device, setup.Report.Logger);
        if (checkpoints.Newest(_ => true) is { } checkpoint)
        {
            logger.Continues(checkpoint.Path, checkpoint.State.Step, checkpoint.State.HoursHeard);
            return new(TrainingWeights.Open(checkpoint.Path, recipe, device), checkpoint.State, recipe, options);
        }
        var (weights, parent) = new TrainingStart(setup).Open(device);
        logger.Begins(options.Encoder, options.Training.Seed, device.type.ToString(), TorchSharp.torch.get_num_threads());
        return new(weights, new LearnerState { Seed = options.Training.Seed, ParentVersion = parent }, recipe, options);
    }

    /// <summary>Trains on a batch. If a gradient is not finite, the weights do not change.</summary>
    /// <param name="clips">16 kHz, all of one length.</param>
    /// <param name="seed">All random numbers depend on it and on <paramref name="step"/>.</param>
    public StepOutcome Step(IReadOnlyList<ReadOnlyMemory<short>> clips, long seed, long step)
    {
        var partSize = Math.Max(1, (int)(microBatchSamples / clips[0].Length));
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
