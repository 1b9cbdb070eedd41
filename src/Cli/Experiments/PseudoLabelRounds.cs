using Ssl.Shared.Labels;
using Ssl.Shared.Recognition;
using Ssl.Transcriber.FineTuning;

namespace Ssl.Cli.Experiments;

/// <summary>
/// One fine-tuning after the other on one encoder: the first learns from labels alone, each later one goes on from it and learns also from what the one before it heard in
/// recordings without labels, as the service does. What was tuned once is not tuned again.
/// </summary>
/// <param name="encoder">Asked when it is first needed: the folder of an encoder.</param>
/// <param name="recordings">Their texts are not looked at; those with labels are left out.</param>
/// <param name="heldOut">See <see cref="FineTuningRun.Score"/>.</param>
/// <param name="rounds">Rounds with pseudo-labels that may be asked for.</param>
sealed class PseudoLabelRounds(ExperimentSetting setting, Func<string> encoder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> labels, IEnumerable<LabelledUtterance> recordings, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, int rounds) : IDisposable
{
    readonly List<Dictionary<string, double>> scores = [];
    readonly Lazy<string> folder = new(encoder);
    FormerRecognizer? former;
    TrainingSet train = new(labels);

    /// <param name="round">0: labels alone; to <c>rounds</c>.</param>
    public Dictionary<string, double> Score(int round, CancellationToken ct)
    {
        while (scores.Count <= round)
        {
            var outcome = FineTuningRun.Tune(setting, folder.Value, former, options, train, ct);
            former?.Dispose();
            former = new FormerRecognizer(outcome.Recognizer, ModelFolder.LoadEncoder(folder.Value));
            scores.Add(FineTuningRun.Score(outcome, heldOut, ct));
            if (scores.Count <= rounds)
                train = FineTuningRun.WithPseudoLabels(setting, outcome.Recognizer, options, labels, recordings, ct);
        }
        return scores[round];
    }

    public void Dispose() => former?.Dispose();
}
