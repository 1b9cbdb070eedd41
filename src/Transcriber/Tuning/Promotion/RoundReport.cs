using System.Text.Json;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Says how far a round is and what holds it up: metrics with every update, the registry every ten seconds, the log every minute. Used by
/// one thread.
/// </summary>
sealed class RoundReport(ModelRegistry registry, TimeProvider clock, ILogger<RecognizerRound> logger)
{
    static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    RoundStatus? status;
    FineTuningProgress? last;
    long writtenAt;
    long loggedAt;

    public ILogger Logger => logger;

    public void Begin(RoundIdentity round, LabelledSet fitting, FineTuningBudget budget)
    {
        var now = clock.GetUtcNow();
        (last, loggedAt) = (null, clock.GetTimestamp());
        status = new()
        {
            Line = round.Line,
            Encoder = round.Encoder,
            Updates = 0,
            PlannedUpdates = budget.Updates,
            Began = now,
            Updated = now,
        };
        logger.FineTuningStarted(round.Encoder, round.Line, fitting.Train.Count, fitting.TrainSeconds, budget.Updates, budget.Time);
        TuningMetrics.RoundBegan(round.Encoder, budget.Updates);
        Write();
    }

    public void Update(FineTuningProgress now)
    {
        TuningMetrics.Updated(now, last?.HeldUp ?? now.HeldUp);
        last = now;
        if (clock.GetElapsedTime(writtenAt) >= WriteEvery)
            Write();
        if (clock.GetElapsedTime(loggedAt) < LogEvery)
            return;
        loggedAt = clock.GetTimestamp();
        var left = (now.Planned - now.Updates) * now.Elapsed / now.Updates;
        logger.RoundProgress(status!.Line, status.Encoder, now.Updates, now.Planned, now.Loss, Text(now.ValidationLoss),
            now.HeldUp.Core / now.Elapsed, now.HeldUp.CoreInWords(now.Elapsed), left.TotalSeconds);
    }

    /// <summary>It was given up for a newer encoder.</summary>
    public void Overtaken(int encoder)
    {
        logger.RoundOvertaken(status!.Line, status.Encoder, encoder, last?.Updates ?? 0, status.PlannedUpdates);
        End("overtaken");
    }

    /// <summary>The process ends, learning is paused, or another tuner takes over.</summary>
    public void Interrupted() => End("interrupted");

    public void FineTuned(FineTuningOutcome outcome, int planned)
    {
        var (held, ended) = (outcome.HeldUp, outcome.Ended);
        End(JsonNamingPolicy.SnakeCaseLower.ConvertName($"{ended}"));
        TuningMetrics.FineTuneSeconds.Observe(outcome.Took.TotalSeconds);
        logger.FineTuned(status!.Encoder, outcome.Updates, planned, ended, outcome.AudioSeconds, outcome.Took.TotalSeconds, outcome.Loss,
            Text(outcome.ValidationLoss), held.Core.TotalSeconds, held.CoreInWords(outcome.Took), held.Stopped.TotalSeconds);
        if (ended == FineTuningEnd.OutOfTime)
            logger.RoundOutOfTime(status.Line, outcome.Updates, planned, held.Core / outcome.Took, held.CoreInWords(outcome.Took));
    }

    void End(string how)
    {
        status = status! with { Ended = how };
        TuningMetrics.RoundEnded(how);
        Write();
    }

    static string Text(double validationLoss) => double.IsFinite(validationLoss) ? $"{validationLoss:0.000}" : "none";

    void Write()
    {
        writtenAt = clock.GetTimestamp();
        if (last is { } now)
            status = status! with
            {
                Updates = now.Updates,
                PlannedUpdates = now.Planned,
                Loss = Finite(now.Loss),
                ValidationLoss = Finite(now.ValidationLoss),
                ElapsedSeconds = now.Elapsed.TotalSeconds,
                WaitedForCoreSeconds = now.HeldUp.Core.TotalSeconds,
                OwnThreadsSeconds = now.HeldUp.OwnThreads.TotalSeconds,
                OtherProgramsSeconds = now.HeldUp.OtherPrograms.TotalSeconds,
                CpuLimitSeconds = now.HeldUp.CpuLimit.TotalSeconds,
                ValidationSeconds = now.HeldUp.Validation.TotalSeconds,
                CheckpointSeconds = now.HeldUp.Checkpoints.TotalSeconds,
                StoppedSeconds = now.HeldUp.Stopped.TotalSeconds,
            };
        status = status! with { Updated = clock.GetUtcNow() };
        try
        {
            status.Write(registry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            logger.RoundUnwritten(e.Message); // a by-product: the round goes on
        }
    }

    static double? Finite(double loss) => double.IsFinite(loss) ? loss : null;
}
