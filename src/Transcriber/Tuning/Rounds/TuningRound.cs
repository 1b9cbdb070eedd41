using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.Rounds;

/// <summary>
/// Makes a judged recognizer from an encoder and labels: pseudo-labels, fine-tuning, scores of candidate and champion, verdict. Free of
/// Kafka, registry and hosting; service, experiments and tests run this class.
/// </summary>
sealed class TuningRound(FineTuningRecipe recipe, DecodingRecipe decoding, GateOptions gate, int seed, TimeProvider clock)
{
    readonly PromotionGate judge = new(gate);

    // Transcribing for pseudo-labels may always take this long.
    static readonly TimeSpan MinListening = TimeSpan.FromSeconds(10);

    /// <param name="onUpdate">Called after each update.</param>
    /// <returns>Owned by the caller, whatever the verdict.</returns>
    public TunedCandidate Run(TuningInputs inputs, FineTuningBudget budget, Action<FineTuningProgress>? onUpdate, CancellationToken ct)
    {
        var labels = inputs.Labels;
        var unfinished = inputs.Saved?.Store.Resume(inputs.Saved.Identity);
        var pseudoLabels = unfinished is { } begun ? begun.PseudoLabels : PseudoLabelsOf(inputs, budget, ct);
        var checkpoints = unfinished?.Checkpoints ?? inputs.Saved?.Store.Begin(inputs.Saved.Identity, pseudoLabels);
        var (train, validation) = ValidationPart.Of(labels.Train, budget.Rules);
        var set = new TrainingSet(train, pseudoLabels?.Kept ?? [], recipe.TrueShare) { Policy = labels.Policy, Validation = validation };
        var outcome = new FineTuner(recipe, decoding, seed, clock)
            .Run(inputs.Encoder, inputs.Former, set, budget, onUpdate, checkpoints, ct);
        try
        {
            return new TunedCandidate(outcome, Judge(outcome, inputs, ct), labels, set, pseudoLabels, recipe);
        }
        catch
        {
            outcome.Recognizer.Dispose();
            throw;
        }
    }

    PseudoLabels? PseudoLabelsOf(TuningInputs inputs, FineTuningBudget budget, CancellationToken ct)
    {
        if (inputs is not { Champion: { } teacher, Stream: { } stream, Labels: var labels }
            || budget.ExpectedAudioSeconds(recipe, labels.TrainSeconds) < recipe.MinEpochs * labels.TrainSeconds)
            return null;
        var recordings = stream(ct);
        var started = clock.GetTimestamp();
        var limit = budget.ExpectedTime(recipe, labels.TrainSeconds) * recipe.ListeningShare;
        return PseudoLabels.Of(teacher.Transcribe, recordings, labels, recipe.KeptShare, () =>
            clock.GetElapsedTime(started) < (limit > MinListening ? limit : MinListening), ct);
    }

    GateReport Judge(FineTuningOutcome outcome, TuningInputs inputs, CancellationToken ct)
    {
        var (recognizer, labels) = (outcome.Recognizer, inputs.Labels);
        var candidate = new GateSubject((clips, reading) =>
        {
            inputs.Beat();
            return recognizer.Transcribe(clips, reading);
        }, recognizer.WeightBytes)
        {
            IsFinite = double.IsFinite(outcome.Loss) && recognizer.IsFinite,
        };
        return judge.Judge(candidate, inputs.Champion, new GateSets(labels.HeldOut, labels.HiddenGate, labels.Policy), ct);
    }
}

/// <summary>What a round starts from; read only, owned by the caller.</summary>
/// <param name="Labels">Usable, and fitting the encoder's frames (<see cref="LabelledSet.Fitting"/>).</param>
sealed record TuningInputs(SpeechEncoder Encoder, LabelledSet Labels)
{
    /// <summary>For a warm start, if it fits; null: the head is new.</summary>
    public FormerRecognizer? Former { get; init; }
    /// <summary>Scored beside the candidate; makes the pseudo-labels. Null: there is none yet.</summary>
    public GateSubject? Champion { get; init; }
    /// <summary>Called with every sign of life while the candidate is scored.</summary>
    public Action Beat { get; init; } = () => { };
    /// <summary>Recordings for pseudo-labels, called only if they are used; null: none.</summary>
    public RecentAudio? Stream { get; init; }
    /// <summary>Where an unfinished round is kept, which this one goes on with if it began with the same; null: nowhere.</summary>
    public SavedRound? Saved { get; init; }
}

/// <summary>Where a round is kept while it runs.</summary>
/// <param name="Identity">What it begins with.</param>
sealed record SavedRound(RoundStore Store, RoundIdentity Identity);

/// <summary>A fine-tuned recognizer with the gate's judgement. Owns the recognizer.</summary>
/// <param name="Labels">Its held-out recordings were scored on.</param>
/// <param name="PseudoLabels">Null: none were made.</param>
sealed record TunedCandidate(
    FineTuningOutcome Outcome, GateReport Judged, LabelledSet Labels, TrainingSet Train, PseudoLabels? PseudoLabels,
    FineTuningRecipe Recipe) : IDisposable
{
    /// <summary>On the gate set; null: its weights or its loss are not numbers, and it was not scored.</summary>
    public GateFigures? Figures => Judged.Sets is [var gate, ..] ? gate : null;

    public void Dispose() => Outcome.Recognizer.Dispose();
}
