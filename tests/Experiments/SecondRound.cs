using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Experiments;

/// <summary>What the service does with each better encoder: fine-tunes it, with a warm start from the last recognizer.</summary>
static class SecondRound
{
    const int Updates = 400;
    const double LabelSeconds = 3600;
    const double HoursBefore = 15;

    public static Experiment Experiment { get; } = new(
        "rounds",
        "Is the second recognizer better for a warm start from the first? (an hour of read-speech labels, unseen speakers)",
        "per seed, on one core: the pretraining of a2 up to 60 h heard (20 minutes, where a2 has not done it) and four fine-tunings of "
            + "400 updates of 40 s (2 to 3 minutes each)",
        PlotAxis.HoursHeard,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        foreach (var seed in setting.EachSeed)
        {
            var task = UnseenSpeakers.Task(corpus, seed, LabelSeconds);
            var first = setting.Plan(Updates, UnseenSpeakers.BatchSeconds, seed);
            var second = first with { Seed = seed + 1 };
            var firstRound = new Condition
            {
                Settings = setting.Varied,
                HoursHeard = HoursBefore,
                LabelMinutes = LabelSeconds / 60,
                Seed = seed,
            };
            var anew = firstRound with { HoursHeard = UnseenSpeakers.ManyHours, Rounds = 2 };
            yield return NewTrial(firstRound, () => FineTuningRun.Score(setting, Encoder(HoursBefore), first, task, ct));
            yield return NewTrial(anew, () => FineTuningRun.Score(setting, Encoder(UnseenSpeakers.ManyHours), second, task, ct));
            yield return NewTrial(anew with { WarmStart = true }, () => Second(pseudoLabels: false));
            // not by default: there are many labels
            if (second.Updates * second.Recipe.BatchAudioSeconds >= second.Recipe.MinEpochs * LabelSeconds)
                yield return NewTrial(anew with { WarmStart = true, PseudoLabelRounds = 1 }, () => Second(pseudoLabels: true));

            Trial NewTrial(Condition condition, Func<Figures> measure) =>
                new(condition, setting.RecipesOf(pretrained: true, first, condition.PseudoLabelRounds > 0, corpus.Manifest), measure);

            Figures Second(bool pseudoLabels)
            {
                var teacher = FineTuningRun.Tune(setting, Encoder(HoursBefore), first, task, ct).Recognizer;
                using var former = new FormerRecognizer(teacher, ModelFolder.LoadEncoder(Encoder(HoursBefore)));
                var outcome = FineTuningRun.Tune(
                    setting, Encoder(UnseenSpeakers.ManyHours), second, task, ct, former, pseudoLabels ? teacher : null);
                using (outcome.Recognizer)
                    return FineTuningRun.Score(outcome, task, ct);
            }

            string Encoder(double hours) => UnseenSpeakers.Pretrained(setting, corpus, seed, hours, ct);
        }
    }
}
