using Ssl.Shared.Labels;
using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using Ssl.Transcriber.FineTuning;
using Ssl.Transcriber.Gate;

namespace Ssl.Cli.Experiments;

/// <summary>Fine-tunes and scores as the Transcriber does: the same tuner, the same evaluator. Its budget is in updates, so that its figures depend on the seed alone.</summary>
static class FineTuningRun
{
    static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    /// <summary>The same recipe for an encoder that has heard nothing: no layer needs to forget, and a head alone learns nothing from noise.</summary>
    public static FineTuningOptions FromScratch(FineTuningOptions options) => options with { ResetLayers = 0, HeadOnlyShare = 0 };

    /// <param name="encoderFolder">Null: from scratch, a new <c>Tiny</c>.</param>
    /// <param name="heldOut">By name; a score of each is returned as <c>NAME cer</c> and <c>NAME wer</c>.</param>
    public static Dictionary<string, double> Score(string? encoderFolder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> train, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, CancellationToken ct)
    {
        using var encoder = encoderFolder is null ? SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, options.Seed) : ModelFolder.LoadEncoder(encoderFolder);
        var outcome = new FineTuner(options, TimeProvider.System).Run(encoder, former: null, train, new FineTuningBudget(NoLimit, options.MaxUpdates), onUpdate: null, ct);
        using var recognizer = outcome.Recognizer;
        var figures = new Dictionary<string, double> { ["loss"] = outcome.Loss, ["updates"] = outcome.Updates, ["audio seconds"] = outcome.AudioSeconds };
        foreach (var (name, utterances) in heldOut)
        {
            var score = HeldOutScorer.Score(recognizer.Transcribe, utterances, ct);
            (figures[$"{name} cer"], figures[$"{name} wer"]) = (score.CharacterErrorRate, score.WordErrorRate);
        }
        return figures;
    }
}
