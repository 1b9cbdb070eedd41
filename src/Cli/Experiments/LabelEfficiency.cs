using Ssl.Shared.Labels;

namespace Ssl.Cli.Experiments;

/// <summary>Goal A1: digits by a speaker never heard, learnt from few labels, from a pretrained encoder and from none.</summary>
static class LabelEfficiency
{
    const double HoursHeard = 10;
    static readonly int[] LabelsADigit = [1, 3, 10, 30, 100];

    public static Experiment Experiment { get; } = new(
        "a1",
        "How many labels does pretraining save? (digits, unseen speaker)",
        "a seed, of one core: a pretraining of 10 h heard (8 minutes at 75 audio seconds a second) and ten fine-tunings of 400 updates of 10 s (a minute each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var (digits, readSpeech) = (setting.Corpus("digits"), setting.Corpus("read-speech"));
        var heldOut = new Dictionary<string, IReadOnlyList<LabelledUtterance>> { ["test"] = [.. digits.Split("test").Select(r => r.Utterance)] };
        var results = setting.Results("a1");
        foreach (var seed in setting.EachSeed)
        {
            foreach (var pretrained in new[] { true, false })
            {
                foreach (var count in LabelsADigit)
                    results.Measure($"{(pretrained ? "pretrained" : "scratch")}, {count:D3} labels a digit, seed {seed}", () =>
                    {
                        var encoder = pretrained ? Pretrained(seed) : null;
                        var options = setting.FineTuning with { Seed = seed, MaxUpdates = 400, BatchAudioSeconds = 10 };
                        return FineTuningRun.Score(encoder, encoder is null ? FineTuningRun.FromScratch(options) : options, Labels(digits, count, seed), heldOut, ct);
                    });
            }
        }

        string Pretrained(int seed)
        {
            IReadOnlyList<CorpusRecording> unlabelled = [.. digits.Split("train"), .. readSpeech.Split("train")];
            return new PretrainingRun(setting.FolderFor($"a1-{seed}"), setting.LearnerFor(seed), unlabelled, setting.Loggers).Encoders([HoursHeard], ct)[0];
        }
    }

    /// <summary>So many recordings of each digit, by a draw over the training speakers.</summary>
    static LabelledUtterance[] Labels(SpeechCorpus digits, int aDigit, int seed)
    {
        var recordings = digits.Split("train").ToArray();
        new Random(seed).Shuffle(recordings);
        return [.. recordings.GroupBy(r => r.Utterance.Text).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(aDigit)).Select(r => r.Utterance)];
    }
}
