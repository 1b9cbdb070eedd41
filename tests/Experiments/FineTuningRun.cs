using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Experiments;

/// <summary>Runs the service's <see cref="TuningRound"/> with a budget in updates, so that the figures depend on the seed alone.</summary>
static class FineTuningRun
{
    static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>The recipe for an encoder without pretraining: a head alone learns nothing from noise, and no convolution is worth keeping.</summary>
    public static FineTuningPlan FromScratch(FineTuningPlan plan) => plan with { Recipe = plan.Recipe with { HeadOnlyShare = 0, FreezeFeatureEncoder = false } };

    /// <param name="encoderFolder">Null: from scratch.</param>
    /// <param name="heldOut">By name; scores of each are returned as <c>NAME loss</c> (nats a letter), <c>NAME cer</c> and <c>NAME wer</c>, greedy, and also with n-grams.</param>
    public static Dictionary<string, double> Score(
        ExperimentSetting setting, string? encoderFolder, FineTuningPlan plan, IReadOnlyList<LabelledUtterance> labels,
        IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct)
    {
        using var tuned = Tune(setting, encoderFolder, plan, labels, former: null, teacher: null, stream: null, ct);
        return Score(tuned.Outcome, heldOut, ct);
    }

    /// <summary>The same of a recognizer that was tuned before, which stays the caller's.</summary>
    public static Dictionary<string, double> Score(
        FineTuningOutcome outcome, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct)
    {
        var figures = new Dictionary<string, double> { ["loss"] = outcome.Loss, ["updates"] = outcome.Updates, ["audio seconds"] = outcome.AudioSeconds };
        foreach (var (name, utterances) in heldOut)
        {
            figures[$"{name} loss"] = HeldOutLoss.Of(outcome.Recognizer, utterances, ct);
            Add($"{name} cer", $"{name} wer", TextReading.Greedy, utterances);
            Add($"{name} cer, n-grams", $"{name} wer, n-grams", TextReading.Words, utterances);
        }
        return figures;

        void Add(string characters, string words, TextReading reading, IReadOnlyList<LabelledUtterance> utterances)
        {
            var score = HeldOutScorer.Score(outcome.Recognizer.Transcribe, reading, utterances, ct);
            (figures[characters], figures[words]) = (score.CharacterErrorRate, score.WordErrorRate);
        }
    }

    /// <param name="former">Warm start; null: anew.</param>
    /// <param name="teacher">Makes pseudo-labels of <paramref name="stream"/>.</param>
    /// <returns>The caller's; its verdict means nothing, for nothing is held out from it.</returns>
    public static TunedCandidate Tune(
        ExperimentSetting setting, string? encoderFolder, FineTuningPlan plan, IReadOnlyList<LabelledUtterance> labels,
        FormerRecognizer? former, Transcribe? teacher, RecentAudio? stream, CancellationToken ct)
    {
        using var encoder = Encoder(setting, encoderFolder, plan.Seed);
        var inputs = new TuningInputs(encoder, new LabelledSet(labels, [], [], null)) { Former = former, Champion = teacher, Stream = stream };
        return new TuningRound(plan.Recipe, setting.Transcriber.Decoding.Recipe, setting.Transcriber.Gate, plan.Seed, TimeProvider.System)
            .Run(inputs, new FineTuningBudget(NoLimit, plan.Updates), onUpdate: null, ct);
    }

    /// <param name="folder">Null: a new one, with the first weights of the seed.</param>
    /// <returns>The caller's.</returns>
    public static SpeechEncoder Encoder(ExperimentSetting setting, string? folder, int seed) =>
        folder is null ? SpeechEncoder.Create(setting.Shape, seed) : ModelFolder.LoadEncoder(folder);
}
