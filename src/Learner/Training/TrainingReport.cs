using System.Text.Json;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Health;
using Ssl.Learner.Pretraining;
using Ssl.Shared.Foundation.Health;

namespace Ssl.Learner.Training;

/// <summary>Reports on training: heartbeat, metrics of every step, a log line a minute, each change of state once.</summary>
sealed class TrainingReport(LoopHeartbeat heartbeat, TimeProvider clock, ILogger<Trainer> logger)
{
    const string Loop = "training";
    static readonly TimeSpan HeartbeatLimit = TimeSpan.FromMinutes(5);
    static readonly TimeSpan ProgressEvery = TimeSpan.FromMinutes(1);

    HealthState health;
    bool waiting;
    bool withheld;
    long progressAt;
    double progressAudioSeconds;

    public TimeProvider Clock => clock;
    public LoopHeartbeat Heartbeat => heartbeat;
    public ILogger Logger => logger;

    /// <summary>Called before the first step.</summary>
    public void Begin(LearnerState state)
    {
        (health, progressAt, progressAudioSeconds) = (state.Health, clock.GetTimestamp(), state.AudioSeconds);
        LearnerMetrics.Steps.IncTo(state.Step);
        LearnerMetrics.AudioTrainedSeconds.IncTo(state.AudioSeconds);
        LearnerMetrics.EncoderVersion.Set(state.ParentVersion ?? 0);
        ShowHealth();
    }

    /// <summary>Training must <see cref="Beat"/> until the result is disposed.</summary>
    public IDisposable Beating() => heartbeat.Register(Loop, HeartbeatLimit);

    public void Beat() => heartbeat.Beat(Loop);

    public void Step(LearnerState state, StepOutcome outcome, TimeSpan took)
    {
        LearnerMetrics.Steps.Inc();
        LearnerMetrics.AudioTrainedSeconds.Inc(outcome.AudioSeconds);
        LearnerMetrics.StepSeconds.Observe(took.TotalSeconds);
        LearnerMetrics.Loss.WithLabels("total").Set(outcome.Loss);
        LearnerMetrics.Loss.WithLabels("contrastive").Set(outcome.ContrastiveLoss);
        LearnerMetrics.Loss.WithLabels("diversity").Set(outcome.DiversityLoss);
        LearnerMetrics.Loss.WithLabels("masked_prediction").Set(outcome.MaskedPredictionLoss);
        LearnerMetrics.Accuracy.WithLabels("contrastive").Set(outcome.ContrastiveAccuracy);
        LearnerMetrics.Accuracy.WithLabels("masked_prediction").Set(outcome.MaskedPredictionAccuracy);
        LearnerMetrics.CodePerplexity.Set(outcome.CodePerplexity);
        for (var book = 0; book < outcome.CodebookPerplexities.Count; book++)
        {
            LearnerMetrics.CodebookPerplexity.WithLabels($"{book}", "hard").Set(outcome.CodebookPerplexities[book]);
            LearnerMetrics.CodebookPerplexity.WithLabels($"{book}", "soft").Set(outcome.SoftCodebookPerplexities[book]);
        }
        LearnerMetrics.MaskedShare.Set(outcome.MaskedShare);
        LearnerMetrics.GradientNorm.Set(outcome.GradientNorm);
        LearnerMetrics.LearningRate.Set(state.LearningRate);
        LearnerMetrics.GumbelTemperature.Set(state.GumbelTemperature);
        if (clock.GetElapsedTime(progressAt) >= ProgressEvery)
            Progress(state, outcome);
    }

    public void Health(HealthState now)
    {
        if (now == health)
            return;
        logger.HealthChanged(health, now);
        health = now;
        ShowHealth();
    }

    /// <param name="seconds">Usable audio in the replay store.</param>
    public void Audio(double seconds, double needed)
    {
        if (seconds < needed && !waiting)
            logger.WaitsForAudio(seconds, needed);
        waiting = seconds < needed;
    }

    /// <summary>A version was due but not published.</summary>
    public void Withheld(HealthState state)
    {
        if (!withheld && state != HealthState.Healthy)
            logger.NotPublished(state);
        withheld = state != HealthState.Healthy;
    }

    public void Published(LearnerState state, int number)
    {
        withheld = false;
        LearnerMetrics.EncoderVersion.Set(number);
        logger.Published(number, state.Step, state.HoursHeard);
    }

    public void Rewound(LearnerState from, HealthState state, LearnerState checkpoint)
    {
        logger.Rewound(state, from.Step, checkpoint.Step, from.Rewinds + 1);
        LearnerMetrics.Rewinds.Inc();
    }

    public void Stopped(LearnerState state) => logger.Stopped(state.Step, state.HoursHeard);

    void Progress(LearnerState state, StepOutcome outcome)
    {
        var speed = (state.AudioSeconds - progressAudioSeconds) / clock.GetElapsedTime(progressAt).TotalSeconds;
        logger.Progress(
            state.Step, state.HoursHeard, speed, outcome.ContrastiveLoss, outcome.ContrastiveAccuracy,
            outcome.MaskedPredictionLoss, outcome.MaskedPredictionAccuracy, outcome.CodePerplexity, health);
        (progressAt, progressAudioSeconds) = (clock.GetTimestamp(), state.AudioSeconds);
    }

    void ShowHealth()
    {
        foreach (var state in Enum.GetValues<HealthState>())
            LearnerMetrics.Health.WithLabels(JsonNamingPolicy.SnakeCaseLower.ConvertName($"{state}")).Set(state == health ? 1 : 0);
    }
}
