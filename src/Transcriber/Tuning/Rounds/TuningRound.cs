using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.Rounds;

/// <summary>
/// From an encoder and labels to a judged recognizer: pseudo-labels, fine-tuning, scores of candidate and champion, verdict. Knows neither Kafka, registry nor hosting;
/// the service, the experiments and the tests run this class.
/// </summary>
sealed class TuningRound(FineTuningRecipe recipe, DecodingRecipe decoding, GateOptions gate, int seed, TimeProvider clock)
{
    /// <param name="onUpdate">Called after each update with its loss in nats a letter.</param>
    /// <returns>The caller's, whatever the verdict is.</returns>
    public TunedCandidate Run(TuningInputs inputs, FineTuningBudget budget, Action<double>? onUpdate, CancellationToken ct)
    {
        var labels = inputs.Labels;
        var pseudoLabels = PseudoLabelsOf(inputs, budget, ct);
        var train = pseudoLabels is null ? new TrainingSet(labels.Train) : new TrainingSet(labels.Train, pseudoLabels.Kept, recipe.TrueShare);
        var outcome = new FineTuner(recipe, decoding, seed, clock).Run(inputs.Encoder, inputs.Former, train, budget, onUpdate, ct);
        try
        {
            return new TunedCandidate(outcome, Judge(outcome, inputs.Champion, labels, ct), train, pseudoLabels, recipe);
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
            || budget.ExpectedAudioSeconds(recipe) < recipe.MinEpochs * labels.TrainSeconds)
            return null;
        var recordings = stream(ct);
        var started = clock.GetTimestamp();
        return PseudoLabels.Of(teacher, recordings, labels, recipe.KeptShare, () => clock.GetElapsedTime(started) < budget.Time * recipe.ListeningShare, ct);
    }

    JudgedCandidate Judge(FineTuningOutcome outcome, Transcribe? champion, LabelledSet labels, CancellationToken ct)
    {
        var candidate = HeldOutScorer.Score(outcome.Recognizer.Transcribe, TextReading.Words, labels.HeldOut, ct);
        if (!double.IsFinite(outcome.Loss))
            candidate = candidate with { IsFinite = false };
        var toBeat = champion is null ? null : HeldOutScorer.Score(champion, TextReading.Words, labels.HeldOut, ct);
        return new JudgedCandidate(candidate, toBeat, PromotionGate.Judge(candidate, toBeat, gate));
    }
}
