using Ssl.Shared.Labels;
using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using Ssl.Transcriber.FineTuning;
using Ssl.Transcriber.Gate;

namespace Ssl.Cli.Experiments;

/// <summary>Fine-tunes and scores as the Transcriber does: the same tuner, the same evaluator. Its budget is in updates, so that its figures depend on the seed alone.</summary>
static class FineTuningRun
{
    const double KeptShare = 0.5;
    const double TrueShare = 0.3;
    static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>The same recipe for an encoder that has heard nothing: no layer needs to forget, and a head alone learns nothing from noise.</summary>
    public static FineTuningOptions FromScratch(FineTuningOptions options) => options with { ResetLayers = 0, HeadOnlyShare = 0 };

    /// <param name="shape">Of the encoder that has heard nothing.</param>
    /// <param name="encoderFolder">Null: from scratch.</param>
    /// <param name="heldOut">By name; a score of each is returned as <c>NAME cer</c> and <c>NAME wer</c>.</param>
    public static Dictionary<string, double> Score(EncoderConfig shape, string? encoderFolder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> train, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct)
    {
        var outcome = Tune(shape, encoderFolder, options, train, ct);
        using var recognizer = outcome.Recognizer;
        var figures = new Dictionary<string, double> { ["loss"] = outcome.Loss, ["updates"] = outcome.Updates, ["audio seconds"] = outcome.AudioSeconds };
        foreach (var (name, utterances) in heldOut)
        {
            var score = HeldOutScorer.Score(recognizer.Transcribe, utterances, ct);
            (figures[$"{name} cer"], figures[$"{name} wer"]) = (score.CharacterErrorRate, score.WordErrorRate);
        }
        return figures;
    }

    /// <summary>Labels, and beside them what a recognizer that was made from them hears in recordings without labels.</summary>
    public static IReadOnlyList<LabelledUtterance> WithPseudoLabels(EncoderConfig shape, string? encoderFolder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> labels, IEnumerable<LabelledUtterance> recordings, CancellationToken ct)
    {
        var known = labels.Select(l => l.Id).ToHashSet(StringComparer.Ordinal);
        using var teacher = Tune(shape, encoderFolder, options, labels, ct).Recognizer;
        return PseudoLabels.Mixed(labels, PseudoLabels.Of(teacher.Transcribe, [.. recordings.Where(r => !known.Contains(r.Id))], KeptShare, ct), TrueShare);
    }

    /// <returns>Its recognizer is the caller's.</returns>
    public static FineTuningOutcome Tune(EncoderConfig shape, string? encoderFolder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> train, CancellationToken ct)
    {
        using var encoder = encoderFolder is null ? SpeechEncoder.Create(shape, options.Seed) : ModelFolder.LoadEncoder(encoderFolder);
        return new FineTuner(options, TimeProvider.System).Run(encoder, former: null, train, new FineTuningBudget(NoLimit, options.MaxUpdates), onUpdate: null, ct);
    }
}
