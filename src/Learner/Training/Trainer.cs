using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Training;

/// <summary>
/// Trains without end on the calling thread: draw, step, judge, save, publish. Knows neither hosting nor Kafka. Everything it needs to go on is in its
/// checkpoints, so it may be killed at any moment.
/// </summary>
sealed class Trainer : IDisposable
{
    const string Loop = "training";
    const int MaxRewindsWithoutProgress = 5;
    static readonly TimeSpan AudioPoll = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan HeartbeatLimit = TimeSpan.FromMinutes(5);

    readonly LearnerOptions options;
    readonly ReplayStore store;
    readonly CheckpointStore checkpoints;
    readonly EncoderPublisher publisher;
    readonly LoopHeartbeat heartbeat;
    readonly TimeProvider clock;
    readonly ILogger logger;
    readonly BatchReader reader;
    readonly PretrainingFeatures features;
    readonly TrainingStep step;
    readonly HealthMonitor health;
    readonly PublicationSchedule schedule;
    readonly TrainingReport report;
    TimeSpan savedAt;
    int rewindsWithoutProgress;

    /// <param name="weights">Taken over, and disposed with this.</param>
    public Trainer(LearnerOptions options, TrainingWeights weights, LearnerState state, ReplayStore store, CheckpointStore checkpoints, EncoderPublisher publisher, LoopHeartbeat heartbeat, TimeProvider clock, ILogger logger)
    {
        (this.options, Weights, State, this.store, this.checkpoints, this.publisher, this.heartbeat, this.clock, this.logger) = (options, weights, state, store, checkpoints, publisher, heartbeat, clock, logger);
        reader = new BatchReader(store, new CropSampler(options.Batch));
        features = new PretrainingFeatures(weights.Model.Encoder.Config, options.Objectives);
        step = new TrainingStep(weights.Model, weights.Optimizer, options.Objectives, options.Training);
        health = new HealthMonitor(options.Health, options.Objectives, weights.Model.Heads.Quantizer.Shape);
        schedule = new PublicationSchedule(options.Publishing);
        report = new TrainingReport(state, clock, logger);
        savedAt = state.TrainingTime;
    }

    public TrainingWeights Weights { get; }

    public LearnerState State { get; private set; }

    /// <summary>Called with each version after it is whole in the registry.</summary>
    public Action<ModelManifest> Published { get; init; } = _ => { };

    /// <summary>Trains until cancelled, then saves.</summary>
    /// <exception cref="InvalidDataException">Going back to a checkpoint did not help.</exception>
    /// <exception cref="StaleEpochException">Another Learner has taken over.</exception>
    public void Run(CancellationToken ct) => Run(_ => false, ct);

    /// <summary>Trains until a state is reached, or until cancelled, then saves.</summary>
    /// <inheritdoc cref="Run(CancellationToken)"/>
    public void Run(Predicate<LearnerState> reached, CancellationToken ct)
    {
        using var beating = heartbeat.Register(Loop, HeartbeatLimit);
        checkpoints.Save(State, Weights);
        while (!ct.IsCancellationRequested && !reached(State))
        {
            heartbeat.Beat(Loop);
            if (!HasAudio())
            {
                ct.WaitHandle.WaitOne(AudioPoll);
                continue;
            }
            Step();
            if (schedule.IsDue(State))
                PublishIfHealthy();
            if (State.TrainingTime - savedAt >= options.Checkpoints.Every)
                Save();
        }
        Save();
        logger.Stopped(State.Step, State.HoursHeard);
    }

    /// <summary>One step: read, extract, train, average, judge.</summary>
    public StepOutcome Step()
    {
        var started = clock.GetTimestamp();
        var (clips, _) = reader.Read(State.RandomSeed, State.Step);
        var parts = clips.Chunk((clips.Count + options.Batch.MicroBatches - 1) / options.Batch.MicroBatches).Select(part => features.Batch(part, TorchRuntime.Device)).ToArray();
        StepOutcome outcome;
        try
        {
            outcome = step.Run(parts, State.RandomSeed, State.Step);
        }
        finally
        {
            Array.ForEach(parts, part => part.Dispose());
        }
        report.Health(health.Observe(outcome, State.Step));
        if (health.State is HealthState.NotFinite or HealthState.Diverged)
        {
            Rewind();
            return outcome;
        }
        Weights.Average.Update(options.Training.AverageShareAt(State.Step));
        State = Advanced(outcome, clock.GetElapsedTime(started));
        report.Step(State, outcome, clock.GetElapsedTime(started));
        return outcome;
    }

    public void Dispose()
    {
        step.Dispose();
        Weights.Dispose();
    }

    bool HasAudio()
    {
        var seconds = CropSampler.UsableSeconds(store.Catalogue);
        report.Audio(seconds, options.Batch.MinStoredSeconds);
        return seconds >= options.Batch.MinStoredSeconds;
    }

    LearnerState Advanced(StepOutcome outcome, TimeSpan took) => State with
    {
        Step = State.Step + 1,
        AudioSeconds = State.AudioSeconds + outcome.AudioSeconds,
        TrainingTime = State.TrainingTime + took,
        GumbelTemperature = options.Objectives.GumbelTemperatureAt(State.Step),
        LearningRate = options.Training.LearningRateAt(State.Step),
        Health = health.State,
    };

    void Save()
    {
        var started = clock.GetTimestamp();
        State = State with { Positions = Positions() };
        checkpoints.Save(State, Weights);
        (savedAt, rewindsWithoutProgress) = (State.TrainingTime, 0);
        LearnerMetrics.CheckpointSeconds.Observe(clock.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Back to the newest healthy checkpoint, from where other random numbers lead on.</summary>
    void Rewind()
    {
        if (++rewindsWithoutProgress > MaxRewindsWithoutProgress)
            throw new InvalidDataException($"training is {health.State} again and again: {MaxRewindsWithoutProgress} returns to a checkpoint did not help");
        var checkpoint = checkpoints.Newest(s => s.Health == HealthState.Healthy) ?? throw new InvalidDataException($"training is {health.State}, and there is no healthy checkpoint to go back to");
        logger.Rewound(health.State, State.Step, checkpoint.State.Step, State.Rewinds + 1);
        checkpoints.RemoveAfter(checkpoint.State.Step);
        Weights.Load(checkpoint.Path);
        State = checkpoint.State with { Rewinds = State.Rewinds + 1, ParentVersion = State.ParentVersion };
        savedAt = State.TrainingTime;
        health.Reset();
        report.Health(health.State);
        LearnerMetrics.Rewinds.Inc();
    }

    void PublishIfHealthy()
    {
        if (!health.MayPublish)
        {
            report.Withheld(health.State);
            return;
        }
        State = State with { Positions = Positions() };
        var version = publisher.Publish(Weights.Average.Model, State, health);
        State = State with { ParentVersion = version.Number, PublishedStep = State.Step, PublishedTime = State.TrainingTime };
        Save();
        report.Published(State, version.Number);
        Published(version);
    }

    /// <summary>How far the stream is in the replay store; partitions whose segments have all been evicted keep what is known.</summary>
    List<StreamPosition> Positions()
    {
        var offsets = State.Positions.ToDictionary(p => p.Partition, p => p.Offset);
        foreach (var (partition, offset) in store.NextOffsets())
            offsets[partition] = offset;
        return [.. offsets.OrderBy(o => o.Key).Select(o => new StreamPosition(Topics.AudioSegments, o.Key, o.Value))];
    }
}
