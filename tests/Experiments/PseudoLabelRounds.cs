using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Experiments;

/// <summary>
/// Several rounds on one encoder: the first learns from true labels alone, each later one also from the transcripts of the recognizer
/// before. Each is made once, when its figures are first wanted.
/// </summary>
/// <param name="encoder">Folder of an encoder; null: from scratch.</param>
/// <param name="warmStart">Each round starts from the recognizer before, as the service's do; false: each starts from the encoder.</param>
sealed class PseudoLabelRounds(ExperimentSetting setting, Func<string?> encoder, FineTuningPlan plan, SpeechTask task, bool warmStart)
    : IDisposable
{
    readonly List<Figures> scores = [];
    readonly Lazy<string?> folder = new(encoder);
    FormerRecognizer? last;

    public FineTuningPlan Plan { get; } = plan;

    /// <param name="round">0: true labels alone.</param>
    public Figures Score(int round, CancellationToken ct)
    {
        while (scores.Count <= round)
        {
            var outcome = FineTuningRun.Tune(setting, folder.Value, Plan, task, ct, warmStart ? last : null, teacher: last?.Recognizer);
            var made = new FormerRecognizer(outcome.Recognizer, FineTuningRun.Encoder(setting, folder.Value, Plan.Seed));
            last?.Dispose();
            last = made;
            scores.Add(FineTuningRun.Score(outcome, task, ct));
        }
        return scores[round];
    }

    /// <summary>The control for a round of pseudo-labels: as many updates more on true labels alone. Call it before any.</summary>
    public Figures ScoreLabelsAgain(CancellationToken ct)
    {
        Score(0, ct);
        if (scores.Count > 1)
            throw new InvalidOperationException("the recognizer from true labels alone is gone");
        return FineTuningRun.Score(setting, folder.Value, Plan, task, ct, last);
    }

    public void Dispose() => last?.Dispose();
}
