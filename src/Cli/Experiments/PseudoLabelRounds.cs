using Ssl.Shared.Labels;
using Ssl.Transcriber.FineTuning;

namespace Ssl.Cli.Experiments;

/// <summary>
/// One fine-tuning after the other on one encoder, each anew: the first learns from labels alone, each later one also from what the one before it heard in
/// recordings without labels. What was tuned once is not tuned again.
/// </summary>
/// <param name="encoderFolder">Null: from scratch.</param>
/// <param name="recordings">Their texts are not looked at; those with labels are left out.</param>
/// <param name="heldOut">See <see cref="FineTuningRun.Score"/>.</param>
/// <param name="rounds">Rounds with pseudo-labels that may be asked for.</param>
sealed class PseudoLabelRounds(ExperimentSetting setting, string? encoderFolder, FineTuningOptions options, IReadOnlyList<LabelledUtterance> labels, IEnumerable<LabelledUtterance> recordings, IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> heldOut, int rounds)
{
    readonly List<Dictionary<string, double>> scores = [];
    TrainingSet train = new(labels);

    /// <param name="round">0: labels alone; to <c>rounds</c>.</param>
    public Dictionary<string, double> Score(int round, CancellationToken ct)
    {
        while (scores.Count <= round)
        {
            var outcome = FineTuningRun.Tune(setting, encoderFolder, former: null, options, train, ct);
            using var recognizer = outcome.Recognizer;
            scores.Add(FineTuningRun.Score(outcome, heldOut, ct));
            if (scores.Count <= rounds)
                train = FineTuningRun.WithPseudoLabels(setting, recognizer, options, labels, recordings, ct);
        }
        return scores[round];
    }
}
