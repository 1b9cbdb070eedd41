using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.Recipes;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Scores a model on recordings that it is not trained on, every few updates, and keeps the weights of the lowest loss. Not thread-safe.
/// </summary>
/// <param name="recordings">None: nothing is scored.</param>
sealed class Validation(IReadOnlyList<LabelledUtterance> recordings, Vocabulary vocabulary, RoundRecipe? rules) : IDisposable
{
    Dictionary<string, Tensor> best = [];

    public ValidationState State { get; private set; } = new();

    /// <summary>Weights of the lowest loss; none: nothing was scored.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Best => best.Select(t => (t.Key, t.Value));

    public bool IsDue(int updates) => rules is not null && recordings.Count > 0 && updates % rules.ValidationUpdates == 0;

    /// <summary>Scores the weights after so many updates.</summary>
    public void Score(CtcModel model, int updates, CancellationToken ct)
    {
        if (recordings.Count == 0 || updates == State.At)
            return;
        model.eval();
        var loss = HeldOutLoss.Of(model, vocabulary, recordings, ct);
        model.train();
        var falls = rules is not null && loss < State.FellTo * (1 - rules.MinFall);
        if (loss < State.Best)
            Keep(model);
        State = State with
        {
            At = updates,
            Last = loss,
            Best = Math.Min(loss, State.Best),
            FellTo = falls ? loss : State.FellTo,
            FellAt = falls ? updates : State.FellAt,
        };
    }

    /// <summary>Whether the loss has not fallen for a while, and the model knows words: a new head writes blanks for long.</summary>
    public bool HasSettled(int updates, int planned, FineTuningRecipe recipe) =>
        rules is not null && State.Best < recipe.WordsBelowLoss && updates - State.FellAt >= rules.Patience * planned;

    /// <summary>The loss is given its time anew.</summary>
    public void WaitFrom(int updates) => State = State with { FellAt = updates };

    /// <summary>Gives a model the weights of the lowest loss.</summary>
    public void Restore(CtcModel model)
    {
        if (best.Count > 0 && State.Last > State.Best)
            model.load_state_dict(best);
    }

    /// <summary>Goes on where another was saved.</summary>
    /// <param name="weights">Those of the lowest loss; taken over.</param>
    public void Load(ValidationState state, IReadOnlyDictionary<string, Tensor> weights)
    {
        Dispose();
        (State, best) = (state, weights.ToDictionary(t => t.Key, t => t.Value.DetachFromDisposeScope()));
    }

    public void Dispose()
    {
        foreach (var tensor in best.Values)
            tensor.Dispose();
        best = [];
    }

    void Keep(CtcModel model)
    {
        using var guard = no_grad();
        var weights = model.state_dict();
        if (best.Count == 0)
            best = weights.ToDictionary(t => t.Key, t => empty_like(t.Value).DetachFromDisposeScope());
        foreach (var (name, tensor) in weights)
            best[name].copy_(tensor);
    }
}

/// <summary>State of a <see cref="Validation"/> without its tensors. Losses are nats a letter.</summary>
sealed record ValidationState
{
    /// <summary>Updates at the last validation.</summary>
    public int At { get; init; }
    public double Last { get; init; } = double.PositiveInfinity;
    public double Best { get; init; } = double.PositiveInfinity;
    /// <summary>The last loss that was lower by enough than that before.</summary>
    public double FellTo { get; init; } = double.PositiveInfinity;
    /// <summary>Updates at that time.</summary>
    public int FellAt { get; init; }
}
