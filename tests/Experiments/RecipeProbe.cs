using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>
/// Where recipes are chosen: on speakers that no other experiment reports, readers of the dev split and one of the training speakers
/// of the digits.
/// </summary>
static class RecipeProbe
{
    const int DigitLabels = 10;
    const double PseudoHours = 15;
    const int PseudoRounds = 2;
    static readonly double[] HoursHeard = [2, 5, 15, 50];

    public static Experiment Experiment { get; } = new(
        "recipe",
        "Is a setting better than the one before it? (ten minutes of read-speech on its dev readers; ten labels per digit by two speakers "
            + "on a third; name settings with --set and conditions with --only)",
        "per seed, on one core: a pretraining of 50 h heard (17 minutes; 5 for 15 h) and ten fine-tunings of 2,400 updates of 40 s "
            + "(9 minutes) or 600 of 10 s (1 minute), with pseudo-labels three times",
        PlotAxis.HoursHeard,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var (readSpeech, digits) = (setting.Corpus("read-speech"), setting.Corpus("digits"));
        foreach (var seed in setting.EachSeed)
        {
            var readers = UnseenSpeakers.Task(readSpeech, seed);
            var readersOnDev = new SpeechTask(() => readers.Labels, () => readSpeech.Split("train"), () => readSpeech.HeldOut("dev"));
            var readersPlan = setting.Plan(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed);
            foreach (var trial in TrialsOf("read-speech", readersOnDev, readersPlan))
                yield return trial;
            var third = new SpeechTask(
                () => LabelEfficiency.Labels(TwoVoices(), DigitLabels, seed),
                TwoVoices,
                () => new Dictionary<string, IReadOnlyList<LabelledUtterance>> { ["dev"] = [.. ThirdVoice().Select(r => r.Utterance)] });
            foreach (var trial in TrialsOf("digits", third, setting.Plan(LabelEfficiency.Updates, LabelEfficiency.BatchSeconds, seed)))
                yield return trial;
        }

        IEnumerable<Trial> TrialsOf(string name, SpeechTask task, FineTuningPlan plan)
        {
            var seed = plan.Seed;
            var condition = new Condition { Settings = setting.Varied, Task = name, Seed = seed };
            var scratch = plan.FromScratch();
            yield return NewTrial(condition, scratch, () => FineTuningRun.Score(setting, null, scratch, task, ct));
            foreach (var hours in HoursHeard)
            {
                yield return NewTrial(
                    condition with { HoursHeard = hours },
                    plan,
                    () => FineTuningRun.Score(setting, Pretrained(seed, hours), plan, task, ct));
            }
            using var rounds = new PseudoLabelRounds(setting, () => Pretrained(seed, PseudoHours), plan, task, warmStart: false);
            var pseudoLabels = condition with { HoursHeard = PseudoHours, Rounds = 1 + PseudoRounds, PseudoLabelRounds = PseudoRounds };
            yield return NewTrial(pseudoLabels, plan, () => rounds.Score(PseudoRounds, ct));
        }

        Trial NewTrial(Condition condition, FineTuningPlan plan, Func<Figures> measure) => new(
            condition,
            setting.RecipesOf(condition.HoursHeard > 0, plan, condition.PseudoLabelRounds > 0, readSpeech.Manifest, digits.Manifest),
            measure);

        IReadOnlyList<CorpusRecording> TwoVoices() => [.. digits.Split("train").Where(r => r.Speaker != Third())];

        IReadOnlyList<CorpusRecording> ThirdVoice() => [.. digits.Split("train").Where(r => r.Speaker == Third())];

        string Third() => digits.Split("train").Select(r => r.Speaker).Max(StringComparer.Ordinal)!;

        string Pretrained(int seed, double hours)
        {
            var run = setting.Pretraining("recipe", seed, () => [.. TwoVoices(), .. readSpeech.Split("train")]);
            return run.Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];
        }
    }
}
