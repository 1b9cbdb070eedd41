using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Experiments;

/// <summary>Fine-tunes by the Transcriber's own round and scores with its scorer.</summary>
static class FineTuningRun
{
    static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>One round, scored.</summary>
    /// <inheritdoc cref="Tune"/>
    public static Figures Score(
        ExperimentSetting setting, string? encoderFolder, FineTuningPlan plan, SpeechTask task, CancellationToken ct,
        FormerRecognizer? former = null)
    {
        var outcome = Tune(setting, encoderFolder, plan, task, ct, former);
        using (outcome.Recognizer)
            return Score(outcome, task, ct);
    }

    /// <summary>Scores what was tuned, which stays the caller's.</summary>
    public static Figures Score(FineTuningOutcome outcome, SpeechTask task, CancellationToken ct)
    {
        var scores = new SortedDictionary<string, HeldOutScore>(StringComparer.Ordinal);
        foreach (var (split, utterances) in task.HeldOut)
            scores[split] = Score(outcome.Recognizer, utterances, ct);
        return new Figures(outcome.Loss, outcome.Updates, outcome.AudioSeconds, scores);
    }

    static HeldOutScore Score(Recognizer recognizer, IReadOnlyList<LabelledUtterance> utterances, CancellationToken ct)
    {
        var greedy = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Greedy, utterances, ct);
        var score = new HeldOutScore(
            HeldOutLoss.Of(recognizer.Model, recognizer.Vocabulary, utterances, ct), greedy.CharacterErrorRate, greedy.WordErrorRate);
        if (recognizer.LanguageModel is null)
            return score;
        var read = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, utterances, ct);
        return score with { NGramCer = read.CharacterErrorRate, NGramWer = read.WordErrorRate };
    }

    /// <param name="encoderFolder">Null: from scratch.</param>
    /// <param name="former">The round starts from it; null: from the encoder.</param>
    /// <param name="teacher">Makes pseudo-labels, where the budget is large enough for them; null: none are made.</param>
    /// <returns>Its recognizer is the caller's.</returns>
    public static FineTuningOutcome Tune(
        ExperimentSetting setting, string? encoderFolder, FineTuningPlan plan, SpeechTask task, CancellationToken ct,
        FormerRecognizer? former = null, Recognizer? teacher = null)
    {
        using var encoder = Encoder(setting, encoderFolder, plan.Seed);
        // nothing is held out for the round to score: Score does it, greedily too and on several splits
        var labels = new LabelledSet(task.Labels, HeldOut: [], Problems: [], Unusable: null);
        var inputs = new TuningInputs(encoder, labels)
        {
            Former = former,
            Champion = teacher is null ? null : new GateSubject(teacher.Transcribe, teacher.WeightBytes),
            Stream = _ => task.Unlabelled,
        };
        var round = new TuningRound(plan.Recipe, setting.Decoding, new GateOptions(), plan.Seed, TimeProvider.System);
        return round.Run(inputs, new FineTuningBudget(NoLimit, plan.Updates), onUpdate: null, ct).Outcome;
    }

    /// <summary>What a fine-tuning starts from.</summary>
    /// <param name="folder">Null: random weights, drawn with the seed.</param>
    /// <returns>The caller's.</returns>
    public static SpeechEncoder Encoder(ExperimentSetting setting, string? folder, int seed) =>
        folder is null ? SpeechEncoder.Create(setting.Shape, seed) : ModelFolder.LoadEncoder(folder);
}
