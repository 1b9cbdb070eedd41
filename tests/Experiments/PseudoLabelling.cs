namespace Ssl.Experiments;

/// <summary>Goal A5: do a recognizer's own transcripts of unlabelled recordings lower the error of the next one?</summary>
static class PseudoLabelling
{
    const int RoundCount = 3;

    public static Experiment Experiment { get; } = new(
        "a5",
        "Do pseudo-labels help? (ten minutes of read-speech, unseen speakers)",
        "per seed, on one core: the pretraining of a2 up to 60 h heard (20 minutes, where a2 has not done it) and nine fine-tunings of "
            + "2,400 updates of 40 s (9 minutes each)",
        PlotAxis.PseudoLabelRounds,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        foreach (var seed in setting.EachSeed)
        {
            var task = UnseenSpeakers.Task(corpus, seed);
            var plan = setting.Plan(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed);
            var labelsAlone = new Condition
            {
                Settings = setting.Varied,
                HoursHeard = UnseenSpeakers.ManyHours,
                LabelMinutes = UnseenSpeakers.LabelSeconds / 60,
                WarmStart = true,
                Seed = seed,
            };
            using var rounds = new PseudoLabelRounds(
                setting, () => UnseenSpeakers.Pretrained(setting, corpus, seed, UnseenSpeakers.ManyHours, ct), plan, task, warmStart: true);
            yield return NewTrial(labelsAlone, plan, () => rounds.Score(0, ct));
            // the control: a round of pseudo-labels has these updates too
            yield return NewTrial(labelsAlone with { Rounds = 2 }, plan, () => rounds.ScoreLabelsAgain(ct));
            for (var round = 1; round <= RoundCount; round++)
                yield return Round(labelsAlone, round, rounds);

            var scratch = plan.FromScratch();
            var rate = setting.Unless(r => r.LearningRate, UnseenSpeakers.ScratchRate);
            var rated = scratch with { Recipe = scratch.Recipe with { LearningRate = rate } };
            using var fromScratch = new PseudoLabelRounds(setting, () => null, rated, task, warmStart: true);
            for (var round = 1; round <= RoundCount; round++) // a2 has it from labels alone
                yield return Round(labelsAlone with { HoursHeard = 0 }, round, fromScratch);
        }

        Trial Round(Condition labelsAlone, int round, PseudoLabelRounds rounds) =>
            NewTrial(labelsAlone with { Rounds = round + 1, PseudoLabelRounds = round }, rounds.Plan, () => rounds.Score(round, ct));

        Trial NewTrial(Condition condition, FineTuningPlan plan, Func<Figures> measure) =>
            new(condition, setting.RecipesOf(condition.HoursHeard > 0, plan, condition.PseudoLabelRounds > 0, corpus.Manifest), measure);
    }
}
