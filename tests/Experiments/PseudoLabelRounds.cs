using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Experiments;

/// <summary>
/// Several fine-tunings of one encoder: the first learns from true labels alone, each later one also from the transcripts of the recognizer before.
/// Each is made once, when its figures are first wanted.
/// </summary>
/// <param name="encoder">Folder of an encoder; null: from scratch.</param>
/// <param name="warmStart">Each round starts from the recognizer before, as the service's do; false: each starts from the encoder.</param>
sealed class PseudoLabelRounds(ExperimentSetting setting, Func<string?> encoder, FineTuningOptions options, SpeechTask task, bool warmStart) : IDisposable
{
    readonly List<Figures> scores = [];
    readonly Lazy<string?> folder = new(encoder);
    FormerRecognizer? last;

    public FineTuningOptions Options { get; } = options;

    /// <param name="round">0: true labels alone.</param>
    public Figures Score(int round, CancellationToken ct)
    {
        while (scores.Count <= round)
        {
            var train = last is null ? new TrainingSet(task.Labels) : FineTuningRun.WithPseudoLabels(setting, last.Recognizer, Options, task, ct);
            var outcome = FineTuningRun.Tune(setting, folder.Value, warmStart ? last : null, Options, train, ct);
            var made = new FormerRecognizer(outcome.Recognizer, FineTuningRun.Encoder(setting, folder.Value, Options));
            last?.Dispose();
            last = made;
            scores.Add(FineTuningRun.Score(outcome, task, ct));
        }
        return scores[round];
    }

    /// <summary>The control for a round of pseudo-labels: as many updates more on true labels alone. To be asked before any such round.</summary>
    public Figures ScoreLabelsAgain(CancellationToken ct)
    {
        Score(0, ct);
        if (scores.Count > 1)
            throw new InvalidOperationException("the recognizer from true labels alone is gone");
        var outcome = FineTuningRun.Tune(setting, folder.Value, last, Options, new TrainingSet(task.Labels), ct);
        using (outcome.Recognizer)
            return FineTuningRun.Score(outcome, task, ct);
    }

    public void Dispose() => last?.Dispose();
}
