namespace Ssl.Cli.Experiments;

/// <summary>Goal A5: do the recognizer's own transcripts of unlabelled recordings lower the error of the next one?</summary>
static class PseudoLabelling
{
    const int Rounds = 3;

    public static Experiment Experiment { get; } = new(
        "a5",
        "Do pseudo-labels help? (ten minutes of read-speech, unseen speakers)",
        "a seed, of one core: the pretraining of a2 up to 60 h heard (20 minutes, where a2 has not done it) and five fine-tunings of 2,400 updates of 40 s (9 minutes each)",
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
            using var rounds = new PseudoLabelRounds(setting, () => Encoder(seed), options, labels, corpus.Split("train").Select(r => r.Utterance), heldOut, goesOn: true);
            results.Measure($"labels alone, seed {seed}", () => rounds.Score(0, ct));
            results.Measure($"labels alone, as many updates again, seed {seed}", () => rounds.ScoreLabelsAgain(ct)); // a round of pseudo-labels has these too
            for (var round = 1; round <= Rounds; round++)
                results.Measure($"pseudo-labels, round {round}, seed {seed}", () => rounds.Score(round, ct));
        }

        string Encoder(int seed) => UnseenSpeakers.Pretrained(setting, corpus, seed, UnseenSpeakers.ManyHours, ct);
    }
}
