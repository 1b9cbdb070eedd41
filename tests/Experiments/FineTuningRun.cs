using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Experiments;

/// <summary>Fine-tunes and scores as the Transcriber does: the same tuner, the same evaluator. Its budget is in updates, so that its figures depend on the seed alone.</summary>
static class FineTuningRun
{
    static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>The same recipe for an encoder that has heard nothing: no layer needs to forget, a head alone learns nothing from noise, and no convolution is worth keeping.</summary>
    public static FineTuningOptions FromScratch(FineTuningOptions options) => options with { ResetLayers = 0, HeadOnlyShare = 0, FreezeFeatureEncoder = false };

    /// <param name="encoderFolder">Null: from scratch.</param>
    /// <param name="former">What the round before made; null: it begins anew.</param>
    /// <param name="heldOut">By name; scores of each are returned as <c>NAME loss</c> (nats a letter), <c>NAME cer</c> and <c>NAME wer</c>, greedy, and where there is a language model also with it.</param>
    public static Dictionary<string, double> Score(ExperimentSetting setting, string? encoderFolder, FormerRecognizer? former, FineTuningOptions options, TrainingSet train, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct)
    {
        var outcome = Tune(setting, encoderFolder, former, options, train, ct);
        using (outcome.Recognizer)
            return Score(outcome, heldOut, ct);
    }

    /// <summary>The same of what was tuned before, which stays the caller's.</summary>
    public static Dictionary<string, double> Score(FineTuningOutcome outcome, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct)
    {
        var recognizer = outcome.Recognizer;
        var figures = new Dictionary<string, double> { ["loss"] = outcome.Loss, ["updates"] = outcome.Updates, ["audio seconds"] = outcome.AudioSeconds };
        foreach (var (name, utterances) in heldOut)
        {
            figures[$"{name} loss"] = HeldOutLoss.Of(recognizer, utterances, ct);
            Add($"{name} cer", $"{name} wer", TextReading.Greedy, utterances);
            if (recognizer.LanguageModel is not null)
                Add($"{name} cer, n-grams", $"{name} wer, n-grams", TextReading.Words, utterances);
        }
        return figures;

        void Add(string characters, string words, TextReading reading, IReadOnlyList<LabelledUtterance> utterances)
        {
            var score = HeldOutScorer.Score(recognizer.Transcribe, reading, utterances, ct);
            (figures[characters], figures[words]) = (score.CharacterErrorRate, score.WordErrorRate);
        }
    }

    /// <summary>The same, beginning anew with true labels alone.</summary>
    public static Dictionary<string, double> Score(ExperimentSetting setting, string? encoderFolder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> labels, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct) =>
        Score(setting, encoderFolder, former: null, options, new TrainingSet(labels), heldOut, ct);

    /// <summary>Labels, and beside them what a recognizer hears in recordings without labels, where the budget is such that they help.</summary>
    /// <param name="options">Of the fine-tuning that will learn from them.</param>
    /// <param name="recordings">Their texts are not looked at; those with labels are left out.</param>
    public static TrainingSet WithPseudoLabels(ExperimentSetting setting, Recognizer teacher, FineTuningOptions options, IReadOnlyList<LabelledUtterance> labels, IEnumerable<LabelledUtterance> recordings, CancellationToken ct)
    {
        var (set, pseudo) = (new TrainingSet(labels), setting.Transcriber.PseudoLabels);
        if (!pseudo.AreWorthIt(options.MaxUpdates * options.BatchAudioSeconds, set.LabelSeconds))
            return set;
        LabelledUtterance[] unlabelled = [.. recordings.ExceptBy(labels.Select(l => l.Id), r => r.Id)];
        return new TrainingSet(labels, PseudoLabels.Of(teacher.Transcribe, unlabelled, pseudo.KeptShare, () => true, ct).Kept, pseudo.TrueShare);
    }

    /// <returns>Its recognizer is the caller's.</returns>
    public static FineTuningOutcome Tune(ExperimentSetting setting, string? encoderFolder, FormerRecognizer? former, FineTuningOptions options, TrainingSet train, CancellationToken ct)
    {
        using var encoder = Encoder(setting, encoderFolder, options);
        return new FineTuner(options, setting.Transcriber.Decoding.Recipe, TimeProvider.System).Run(encoder, former, train, new FineTuningBudget(NoLimit, options.MaxUpdates), onUpdate: null, ct);
    }

    /// <summary>What a fine-tuning begins with.</summary>
    /// <param name="folder">Null: one that has heard nothing, with the first weights of the seed.</param>
    /// <returns>The caller's.</returns>
    public static SpeechEncoder Encoder(ExperimentSetting setting, string? folder, FineTuningOptions options) =>
        folder is null ? SpeechEncoder.Create(setting.Shape, options.Seed) : ModelFolder.LoadEncoder(folder);
}
