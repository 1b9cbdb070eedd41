namespace Ssl.Experiments;

/// <summary>Goal A5: do the recognizer's own transcripts of unlabelled recordings lower the error of the next one?</summary>
static class PseudoLabelling
{
    const int RoundCount = 3;

    public static Experiment Experiment { get; } = new(
        "a5",
        "Do pseudo-labels help? (ten minutes of read-speech, unseen speakers)",
        "a seed, of one core: the pretraining of a2 up to 60 h heard (20 minutes, where a2 has not done it) and nine fine-tunings of 2,400 updates of 40 s (9 minutes each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        var heldOut = corpus.HeldOut("dev", "test");
        var results = setting.Results("a5");
        foreach (var seed in setting.EachSeed)
        {
            var labels = UnseenSpeakers.Labels(corpus, seed);
            var plan = setting.FineTuningOf(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed);
            using var rounds = Rounds(() => UnseenSpeakers.Pretrained(setting, corpus, seed, UnseenSpeakers.ManyHours, ct), plan);
            results.Measure($"labels alone, seed {seed}", () => rounds.Score(0, ct));
            results.Measure($"labels alone, as many updates again, seed {seed}", () => rounds.ScoreLabelsAgain(ct)); // a round of pseudo-labels has these too
            for (var round = 1; round <= RoundCount; round++)
                results.Measure($"pseudo-labels, round {round}, seed {seed}", () => rounds.Score(round, ct));
            using var fromScratch = Rounds(() => null, Scratch(FineTuningRun.FromScratch(plan))); // a2 has it from labels alone
            for (var round = 1; round <= RoundCount; round++)
                results.Measure($"scratch and pseudo-labels, round {round}, seed {seed}", () => fromScratch.Score(round, ct));

            FineTuningPlan Scratch(FineTuningPlan plan) => setting.IsVaried(nameof(plan.Recipe.LearningRate)) ? plan
                : plan with { Recipe = plan.Recipe with { LearningRate = UnseenSpeakers.ScratchRate } };

            PseudoLabelRounds Rounds(Func<string?> encoder, FineTuningPlan plan) =>
                new(setting, encoder, plan, labels, corpus.Split("train").Select(r => r.Utterance), heldOut, goesOn: true);
        }
    }
}
