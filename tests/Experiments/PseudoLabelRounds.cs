using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Experiments;

/// <summary>
/// One fine-tuning after the other on one encoder: the first learns from labels alone, each later one also from what the one before it heard in recordings without labels.
/// What was tuned once is not tuned again.
/// </summary>
/// <param name="encoder">Asked when it is first needed: the folder of an encoder; null: from scratch.</param>
/// <param name="recordings">Their texts are not looked at; those with labels are left out.</param>
/// <param name="heldOut">See <see cref="FineTuningRun.Score"/>.</param>
/// <param name="goesOn">Each round goes on from the one before it, as the service's do; false: each begins anew with the encoder.</param>
sealed class PseudoLabelRounds(ExperimentSetting setting, Func<string?> encoder, FineTuningPlan plan, IReadOnlyList<LabelledUtterance> labels, IEnumerable<LabelledUtterance> recordings, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, bool goesOn) : IDisposable
{
    readonly List<Dictionary<string, double>> scores = [];
    readonly Lazy<string?> folder = new(encoder);
    FormerRecognizer? last;

    /// <param name="round">0: labels alone.</param>
    public Dictionary<string, double> Score(int round, CancellationToken ct)
    {
        while (scores.Count <= round)
        {
            var former = goesOn ? last : null;
            var outcome = FineTuningRun.Tune(setting, folder.Value, plan, labels, former, last is null ? null : last.Recognizer.Transcribe, _ => [.. recordings], ct).Outcome;
            var made = new FormerRecognizer(outcome.Recognizer, FineTuningRun.Encoder(setting, folder.Value, plan.Seed));
            last?.Dispose();
            last = made;
            scores.Add(FineTuningRun.Score(outcome, heldOut, ct));
        }
        return scores[round];
    }

    /// <summary>What going on is worth without pseudo-labels: a second time from labels alone, as many updates more. Asked before any round with pseudo-labels.</summary>
    public Dictionary<string, double> ScoreLabelsAgain(CancellationToken ct)
    {
        Score(0, ct);
        if (scores.Count > 1)
            throw new InvalidOperationException("the recognizer from labels alone is gone");
        using var again = FineTuningRun.Tune(setting, folder.Value, plan, labels, last, teacher: null, stream: null, ct);
        return FineTuningRun.Score(again.Outcome, heldOut, ct);
    }

    public void Dispose() => last?.Dispose();
}
