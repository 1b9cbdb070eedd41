namespace Ssl.Cli.Experiments;

/// <summary>Goal A5: do the recognizer's own transcripts of unlabelled recordings lower the error of the next one?</summary>
static class PseudoLabelling
{
    static readonly int[] Rounds = [1, 2];

    public static Experiment Experiment { get; } = new(
        "a5",
        "Do pseudo-labels help? (ten minutes of read-speech, unseen speakers)",
        "a seed, of one core: the pretraining of a2 up to 60 h heard (20 minutes, where a2 has not done it) and six fine-tunings of 1,200 updates of 40 s (6 minutes each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        var heldOut = corpus.HeldOut("dev", "test");
        var results = setting.Results("a5");
        foreach (var seed in setting.EachSeed)
        {
            var labels = UnseenSpeakers.Labels(corpus, seed);
            var options = setting.FineTuningOf(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed);
            results.Measure($"labels alone, seed {seed}", () => FineTuningRun.Score(setting, Encoder(seed), options, labels, heldOut, ct));
            foreach (var rounds in Rounds)
                results.Measure($"pseudo-labels, {rounds} rounds, seed {seed}", () => FineTuningRun.Score(setting, Encoder(seed), former: null, options,
                    FineTuningRun.WithPseudoLabels(setting, Encoder(seed), options, labels, corpus.Split("train").Select(r => r.Utterance), rounds, ct), heldOut, ct));
        }

        string Encoder(int seed) => UnseenSpeakers.Pretrained(setting, corpus, seed, UnseenSpeakers.ManyHours, ct);
    }
}
