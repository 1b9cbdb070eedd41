using Ssl.Shared.Labels;
using Ssl.Transcriber.FineTuning;

namespace Ssl.Cli.Experiments;

/// <summary>Goal A5: do the recognizer's own transcripts of unlabelled recordings lower the error of the next one?</summary>
static class PseudoLabelling
{
    const double HoursHeard = 15;
    const int DigitLabels = 3;

    public static Experiment Experiment { get; } = new(
        "a5",
        "Do pseudo-labels help? (ten minutes of read-speech; three labels a digit; unseen speakers)",
        "a seed, of one core: a pretraining of 15 h heard (2 minutes) and four fine-tunings (2 to 4 minutes each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var (readSpeech, digits) = (setting.Corpus("read-speech"), setting.Corpus("digits"));
        var results = setting.Results("a5");
        foreach (var seed in setting.EachSeed)
        {
            Measure("read-speech", readSpeech, UnseenSpeakers.Labels(readSpeech, seed), ["dev", "test"], setting.FineTuningOf(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed));
            Measure("digits", digits, LabelEfficiency.Labels(digits.Split("train"), DigitLabels, seed), ["test"], LabelEfficiency.FewVoices(setting, seed));

            void Measure(string name, SpeechCorpus corpus, LabelledUtterance[] labels, string[] splits, FineTuningOptions options)
            {
                var heldOut = splits.ToDictionary(split => split, split => (IReadOnlyList<LabelledUtterance>)[.. corpus.Split(split).Select(r => r.Utterance)]);
                results.Measure($"{name}, labels alone, seed {seed}", () => FineTuningRun.Score(setting.Shape, Pretrained(seed), options, labels, heldOut, ct));
                results.Measure($"{name}, pseudo-labels, seed {seed}", () => FineTuningRun.Score(setting.Shape, Pretrained(seed), options,
                    FineTuningRun.WithPseudoLabels(setting.Shape, Pretrained(seed), options, labels, corpus.Split("train").Select(r => r.Utterance), ct), heldOut, ct));
            }
        }

        string Pretrained(int seed) => new PretrainingRun(setting.FolderFor($"both-{seed}"), setting.LearnerFor(seed), [.. digits.Split("train"), .. readSpeech.Split("train")], setting.Loggers).Encoders([HoursHeard], ct)[0];
    }
}
