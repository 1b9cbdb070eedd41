using Ssl.Learner.Batching;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Learner.Training;

/// <summary>
/// Trains without end on the calling thread: draw, step, judge, save, publish. May be killed at any moment: checkpoints hold all that
/// it needs to continue. Independent of hosting and Kafka.
/// </summary>
sealed class Trainer : IDisposable
{
    const int MaxRewindsWithoutProgress = 5;
    static readonly TimeSpan AudioPoll = TimeSpan.FromMilliseconds(200);

    readonly LearnerOptions options;
    readonly PretrainingSession session;
    readonly ReplayStore store;
    readonly CheckpointStore checkpoints;
    readonly EncoderPublisher publisher;
    readonly TrainingReport report;
    readonly BatchReader reader;
    readonly HealthMonitor health;
    readonly PublicationSchedule schedule;
    TimeSpan savedAt;
    int rewindsWithoutProgress;

    /// <param name="session">Owned: disposed with this.</param>
    public Trainer(
        LearnerOptions options, PretrainingSession session, ReplayStore store, CheckpointStore checkpoints, EncoderPublisher publisher,
        TrainingReport report)
    {
        (this.options, this.session, this.store) = (options, session, store);
        (this.checkpoints, this.publisher, this.report) = (checkpoints, publisher, report);
        State = session.Start;
        reader = new BatchReader(store, new CropSampler(options.Batch));
        health = new HealthMonitor(session.Recipe, session.Weights.Model.Heads.Quantizer.Shape);
        schedule = new PublicationSchedule(options.Publishing);
        savedAt = State.TrainingTime;
        report.Begin(State);
    }

    public TrainingWeights Weights => session.Weights;

    public LearnerState State { get; private set; }

    /// <summary>Called with each version after it is whole in the registry.</summary>
    public Action<ModelManifest> Published { get; init; } = _ => { };

    /// <summary>A trainer of a registry: from the newest checkpoint, else from what <c>Learner:Encoder</c> names.</summary>
    /// <inheritdoc cref="PretrainingSession.Open"/>
    public static Trainer Open(
        LearnerOptions options, PretrainingRecipe recipe, ReplayStore store, ModelRegistry registry, TrainingReport report,
        Action<ModelManifest> published)
    {
        var checkpoints = new CheckpointStore(options.CheckpointPath, report.Logger);
        var session = PretrainingSession.Open(options, recipe, checkpoints, registry, report.Logger);
        var publisher = new EncoderPublisher(registry, registry.AcquireEpoch(EncoderPublisher.Writer), recipe);
        return new Trainer(options, session, store, checkpoints, publisher, report) { Published = published };
    }

    /// <summary>Trains until cancelled, then saves.</summary>
    /// <exception cref="InvalidDataException">Going back to a checkpoint did not help.</exception>
    /// <exception cref="StaleEpochException">Another Learner has taken over.</exception>
    public void Run(CancellationToken ct) => Run(_ => false, ct);

    /// <summary>Trains until a state is reached, or until cancelled, then saves.</summary>
    /// <inheritdoc cref="Run(CancellationToken)"/>
    public void Run(Predicate<LearnerState> reached, CancellationToken ct)
    {
        using var beating = report.Beating();
        checkpoints.Save(State, Weights);
        while (!ct.IsCancellationRequested && !reached(State))
        {
            report.Beat();
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
        report.Stopped(State);
    }

    /// <summary>One step: read, extract, train, average, judge.</summary>
    public StepOutcome Step()
    {
        var started = report.Clock.GetTimestamp();
        var (clips, _) = reader.Read(State.RandomSeed, State.Step);
        var outcome = session.Step(clips, State.RandomSeed, State.Step);
        report.Health(health.Observe(outcome, State.Step));
        if (health.State is HealthState.NotFinite or HealthState.Diverged)
        {
            Rewind();
            return outcome;
        }
        session.Average(State.Step);
        var took = report.Clock.GetElapsedTime(started);
        State = Advanced(outcome, took);
        report.Step(State, outcome, took);
        return outcome;
    }

    public void Dispose() => session.Dispose();

    bool HasAudio()
    {
        var seconds = CropSampler.UsableSeconds(store.Catalogue);
        report.Audio(seconds, session.Recipe.MinStoredSeconds);
        return seconds >= session.Recipe.MinStoredSeconds;
    }

    LearnerState Advanced(StepOutcome outcome, TimeSpan took) => State with
    {
        Step = State.Step + 1,
        AudioSeconds = State.AudioSeconds + outcome.AudioSeconds,
        TrainingTime = State.TrainingTime + took,
        GumbelTemperature = session.Recipe.GumbelTemperatureAt(State.Step),
        LearningRate = session.Recipe.LearningRateAt(State.Step, options.Training.LearningRate),
        Health = health.State,
    };

    void Save()
    {
        var started = report.Clock.GetTimestamp();
        State = State with { Positions = Positions() };
        checkpoints.Save(State, Weights);
        (savedAt, rewindsWithoutProgress) = (State.TrainingTime, 0);
        LearnerMetrics.CheckpointSeconds.Observe(report.Clock.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Back to the newest healthy checkpoint; other random numbers are drawn from there.</summary>
    void Rewind()
    {
        if (++rewindsWithoutProgress > MaxRewindsWithoutProgress)
            throw new InvalidDataException(
                $"training is {health.State} again and again: {MaxRewindsWithoutProgress} returns to a checkpoint did not help");
        var checkpoint = checkpoints.Newest(s => s.Health == HealthState.Healthy)
            ?? throw new InvalidDataException($"training is {health.State}, and there is no healthy checkpoint to go back to");
        report.Rewound(State, health.State, checkpoint.State);
        checkpoints.RemoveAfter(checkpoint.State.Step);
        Weights.Load(checkpoint.Path);
        State = checkpoint.State with { Rewinds = State.Rewinds + 1, ParentVersion = State.ParentVersion };
        savedAt = State.TrainingTime;
        health.Reset();
        report.Health(health.State);
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

    /// <summary>How much of the stream is stored; a partition of which all segments have been evicted keeps its last offset.</summary>
    List<StreamPosition> Positions()
    {
        var offsets = State.Positions.ToDictionary(p => p.Partition, p => p.Offset);
        foreach (var (partition, offset) in store.NextOffsets())
            offsets[partition] = offset;
        return [.. offsets.OrderBy(o => o.Key).Select(o => new StreamPosition(Topics.AudioSegments, o.Key, o.Value))];
    }
}
