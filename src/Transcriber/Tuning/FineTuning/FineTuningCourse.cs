using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// How far a fine-tuning is, and when it ends. Where the validation loss no longer falls, the constant learning rate ends; where it no
/// longer falls at the falling rate, the fine-tuning does. Used by one thread.
/// </summary>
sealed class FineTuningCourse
{
    readonly FineTuningBudget budget;
    readonly FineTuningRecipe recipe;
    readonly TimeProvider clock;
    readonly long startedAt;
    readonly TimeSpan before; // time of former processes
    readonly CoreWait wait = new();
    TimeSpan updatedAt; // elapsed time at the end of the last update or what followed it

    public FineTuningCourse(FineTuningState state, FineTuningBudget budget, FineTuningRecipe recipe, TimeProvider clock)
    {
        (State, this.budget, this.recipe, this.clock) = (state, budget, recipe, clock);
        (startedAt, before, updatedAt) = (clock.GetTimestamp(), state.Elapsed, state.Elapsed);
        Progress = budget.Progress(state.Elapsed, state.Updates + state.LeftOut);
    }

    public FineTuningState State { get; private set; }

    /// <summary>Used share of the budget at the last update, 0 to 1.</summary>
    public double Progress { get; private set; }

    /// <summary>Updates at which it ends, if nothing ends it before.</summary>
    public int Planned => budget.Updates - State.LeftOut;

    public bool Goes => State.Ended is null && Progress < 1;

    TimeSpan Elapsed => before + clock.GetElapsedTime(startedAt);

    public double BatchSeconds(double epochSeconds) =>
        budget.BatchSeconds(recipe, epochSeconds, State.AudioSeconds, State.Elapsed);

    /// <summary>An update is done.</summary>
    /// <param name="audioSeconds">That it held.</param>
    public void Updated(double audioSeconds, double loss)
    {
        var elapsed = Elapsed;
        State = State with
        {
            Updates = State.Updates + 1,
            AudioSeconds = State.AudioSeconds + audioSeconds,
            Elapsed = elapsed,
            HeldUp = wait.AddTo(State.HeldUp, elapsed - updatedAt),
            Ended = double.IsFinite(loss) ? null : FineTuningEnd.Diverged, // the gate refuses it
        };
        updatedAt = elapsed;
        Advance();
    }

    /// <summary>Scores the model if that is due.</summary>
    public void Validate(FineTuningSession session, CancellationToken ct)
    {
        var validation = session.Validation;
        if (!Goes || !validation.IsDue(State.Updates))
            return;
        Timed(() => validation.Score(session.Model, State.Updates, ct),
            (heldUp, took) => heldUp with { Validation = heldUp.Validation + took });
        State = State with { Validation = validation.State };
        if (!validation.HasSettled(State.Updates, budget.Updates, recipe))
            return;
        var falling = (int)Math.Ceiling((recipe.WarmUpShare + recipe.HoldShare) * budget.Updates);
        if (State.Updates + State.LeftOut >= falling)
            State = State with { Ended = FineTuningEnd.Settled };
        else
        {
            State = State with { LeftOut = falling - State.Updates };
            validation.WaitFrom(State.Updates);
            Advance();
        }
    }

    /// <summary>Scores the last weights: they may be the best.</summary>
    public void ValidateLast(FineTuningSession session, CancellationToken ct)
    {
        session.Validation.Score(session.Model, State.Updates, ct);
        State = State with { Validation = session.Validation.State };
    }

    public void Save(FineTuningSession session, FineTuningCheckpoints checkpoints) => Timed(
        () => State = session.Save(State, checkpoints),
        (heldUp, took) => heldUp with { Checkpoints = heldUp.Checkpoints + took });

    public FineTuningProgress ProgressWith(double loss) =>
        new(State.Updates, Planned, loss, State.Validation.Last, State.Elapsed, State.HeldUp);

    public FineTuningOutcome Outcome(Recognizer recognizer, double loss) =>
        new(recognizer, State.Updates, State.AudioSeconds, loss, State.Elapsed)
        {
            Ended = State.Ended ?? (State.Updates + State.LeftOut >= budget.Updates ? FineTuningEnd.Planned : FineTuningEnd.OutOfTime),
            HeldUp = State.HeldUp,
            ValidationLoss = State.Validation.Best,
        };

    void Advance() => Progress = budget.Progress(State.Elapsed, State.Updates + State.LeftOut);

    void Timed(Action act, Func<HeldUp, TimeSpan, HeldUp> add)
    {
        var began = Elapsed;
        act();
        updatedAt = Elapsed;
        wait.Restart();
        State = State with { Elapsed = updatedAt, HeldUp = add(State.HeldUp, updatedAt - began) };
    }
}
