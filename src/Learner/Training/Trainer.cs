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
/// Trains on the calling thread until cancelled: draw, step, judge, save, publish. May be killed at any moment: checkpoints hold all that
/// it needs to continue. Independent of hosting and Kafka.
/// </summary>
sealed class Trainer : IDisposable
{
    const int MaxRewindsWithoutProgress = 5;
    static readonly TimeSpan AudioPoll = TimeSpan.FromMilliseconds(200);

    readonly LearnerOptions options;
    readonly TrainingReport report;
    readonly ReplayStore store;
    readonly Action<ModelManifest> published;
    readonly CheckpointStore checkpoints;
    readonly PretrainingSession session;
    readonly EncoderPublisher publisher;
    readonly BatchReader reader;
    readonly HealthMonitor health;
    TimeSpan savedAt;
    int rewindsWithoutProgress;

    /// <param name="published">Called with each version after its publication.</param>
    /// <inheritdoc cref="PretrainingSession.Open"/>
    public Trainer(TrainingSetup setup, ReplayStore store, Action<ModelManifest> published)
    {
        (options, report, this.store, this.published) = (setup.Options, setup.Report, store, published);
        checkpoints = new CheckpointStore(options.CheckpointPath, report.Logger);
        session = PretrainingSession.Open(setup, checkpoints);
        publisher = new EncoderPublisher(setup.Registry, setup.Recipe);
        reader = new BatchReader(store, new CropSampler(options.Batch));
        health = new HealthMonitor(setup.Recipe, Weights.Model.Heads.Quantizer.Shape);
        State = session.Start;
        savedAt = State.TrainingTime;
        report.Begin(State);
    }

    public TrainingWeights Weights => session.Weights;
    public LearnerState State { get; private set; }

    /// <summary>Trains until a state is reached or until cancelled, then saves.</summary>
    /// <exception cref="InvalidDataException">Repeated returns to a checkpoint did not help.</exception>
    /// <exception cref="StaleEpochException">Another Learner has taken over.</exception>
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
            if (options.Publishing.IsDue(State))
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
        var outcome = session.Step(reader.Read(State.RandomSeed, State.Step), State.RandomSeed, State.Step);
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

    /// <summary>Returns to the newest healthy checkpoint; the random numbers after it are different ones.</summary>
    void Rewind()
    {
        if (++rewindsWithoutProgress > MaxRewindsWithoutProgress)
            throw new InvalidDataException(
                $"training is still {health.State} after {MaxRewindsWithoutProgress} returns to a checkpoint");
        var checkpoint = checkpoints.Newest(s => s.Health == HealthState.Healthy)
            ?? throw new InvalidDataException($"training is {health.State}, and there is no healthy checkpoint to return to");
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
        published(version);
    }

    /// <summary>Stored part of the stream; a partition whose segments are all evicted keeps its last offset.</summary>
    List<StreamPosition> Positions()
    {
        var stored = store.NextOffsets().Select(o => new StreamPosition(Topics.AudioSegments, o.Key, o.Value));
        return [.. stored.UnionBy(State.Positions, p => p.Partition).OrderBy(p => p.Partition)];
    }
}
