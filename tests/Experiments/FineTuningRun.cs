using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Experiments;

/// <summary>Fine-tunes and scores with the Transcriber's own classes. The budget is in updates, so that figures depend on the seed alone.</summary>
static class FineTuningRun
{
    static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>For an encoder with random weights: no layer to reset, no phase in which only the head learns, and all convolutions are trained.</summary>
    public static FineTuningOptions FromScratch(FineTuningOptions options) => options with { ResetLayers = 0, HeadOnlyShare = 0, FreezeFeatureEncoder = false };

    /// <summary>Fine-tunes on true labels alone, and scores.</summary>
    /// <param name="encoderFolder">Null: from scratch.</param>
    public static Figures Score(ExperimentSetting setting, string? encoderFolder, FineTuningOptions options, SpeechTask task, CancellationToken ct)
    {
        var outcome = Tune(setting, encoderFolder, former: null, options, new TrainingSet(task.Labels), ct);
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
        var score = new HeldOutScore(HeldOutLoss.Of(recognizer, utterances, ct), greedy.CharacterErrorRate, greedy.WordErrorRate);
        if (recognizer.LanguageModel is null)
            return score;
        var read = HeldOutScorer.Score(recognizer.Transcribe, TextReading.Words, utterances, ct);
        return score with { NGramCer = read.CharacterErrorRate, NGramWer = read.WordErrorRate };
    }

    /// <summary>True labels, and the teacher's transcripts of recordings without labels where the budget is large enough for them.</summary>
    /// <param name="options">Of the fine-tuning that learns from them.</param>
    public static TrainingSet WithPseudoLabels(ExperimentSetting setting, Recognizer teacher, FineTuningOptions options, SpeechTask task, CancellationToken ct)
    {
        var (set, pseudo) = (new TrainingSet(task.Labels), setting.Transcriber.PseudoLabels);
        if (!pseudo.AreWorthIt(options.MaxUpdates * options.BatchAudioSeconds, set.LabelSeconds))
            return set;
        var kept = PseudoLabels.Of(teacher.Transcribe, [.. task.Unlabelled], pseudo.KeptShare, () => true, ct).Kept;
        return new TrainingSet(task.Labels, kept, pseudo.TrueShare);
    }

    /// <param name="encoderFolder">Null: from scratch.</param>
    /// <param name="former">Of the round before; null: none.</param>
    /// <returns>Its recognizer is the caller's.</returns>
    public static FineTuningOutcome Tune(
        ExperimentSetting setting, string? encoderFolder, FormerRecognizer? former, FineTuningOptions options, TrainingSet train, CancellationToken ct)
    {
        using var encoder = Encoder(setting, encoderFolder, options);
        var tuner = new FineTuner(options, setting.Decoding, TimeProvider.System);
        return tuner.Run(encoder, former, train, new FineTuningBudget(NoLimit, options.MaxUpdates), onUpdate: null, ct);
    }

    /// <summary>What a fine-tuning starts from.</summary>
    /// <param name="folder">Null: random weights, drawn with the seed.</param>
    /// <returns>The caller's.</returns>
    public static SpeechEncoder Encoder(ExperimentSetting setting, string? folder, FineTuningOptions options) =>
        folder is null ? SpeechEncoder.Create(setting.Shape, options.Seed) : ModelFolder.LoadEncoder(folder);
}
