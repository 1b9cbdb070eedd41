using Ssl.Learner.Pretraining;

namespace Ssl.Learner.Health;

/// <summary>
/// Detects collapse (low code perplexity, or a contrastive loss near 0 with accuracy near 1), divergence, and losses stuck at chance.
/// Only a healthy encoder is published. Not thread-safe.
/// </summary>
sealed class HealthMonitor(PretrainingRecipe recipe, PretrainingShape shape)
{
    const double DivergedFactor = 1.5;
    const double StuckFactor = 0.995;
    const double TrivialLoss = 0.1;
    const double TrivialAccuracy = 0.99;

    readonly Queue<StepOutcome> window = new();
    readonly double contrastiveChance = Math.Log(1 + recipe.Distractors);
    readonly double predictionChance = Math.Log(shape.PredictionCodes);

    public HealthState State { get; private set; }

    /// <summary>The window is full and its steps are healthy.</summary>
    public bool MayPublish => State == HealthState.Healthy && window.Count == recipe.HealthWindowSteps;

    /// <summary>Mean over the window; 0 before the first step.</summary>
    public double Mean(Func<StepOutcome, double> figure) => window.Count == 0 ? 0 : window.Average(figure);

    /// <param name="step">Steps since the start of the run.</param>
    public HealthState Observe(StepOutcome outcome, long step)
    {
        if (!outcome.IsFinite)
            return State = HealthState.NotFinite;
        window.Enqueue(outcome);
        if (window.Count > recipe.HealthWindowSteps)
            window.Dequeue();
        if (window.Count == recipe.HealthWindowSteps)
            State = Judge(step);
        return State;
    }

    /// <summary>Clears the window after training returned to a checkpoint.</summary>
    public void Reset()
    {
        window.Clear();
        State = HealthState.Healthy;
    }

    HealthState Judge(long step)
    {
        var (contrastiveOn, predictionOn) = (recipe.ContrastiveWeight > 0, recipe.MaskedPredictionWeight > 0);
        var contrastive = Mean(o => o.ContrastiveLoss) / contrastiveChance;
        var prediction = Mean(o => o.MaskedPredictionLoss) / predictionChance;
        if (contrastiveOn && contrastive > DivergedFactor || predictionOn && prediction > DivergedFactor)
            return HealthState.Diverged;
        if (contrastiveOn && Mean(o => o.CodePerplexity) < recipe.MinCodeUse * shape.CodeCount)
            return HealthState.Collapsed;
        if (contrastiveOn && Mean(o => o.ContrastiveLoss) < TrivialLoss && Mean(o => o.ContrastiveAccuracy) > TrivialAccuracy)
            return HealthState.Trivial;
        if (step > recipe.StuckAfterSteps && (!contrastiveOn || contrastive > StuckFactor) && (!predictionOn || prediction > StuckFactor))
            return HealthState.Stuck;
        return HealthState.Healthy;
    }
}
