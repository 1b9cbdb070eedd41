using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>Goal A1: digits by a speaker who is in no training data, from few labels, with and without pretraining.</summary>
static class LabelEfficiency
{
    public const int Updates = 600;
    public const double BatchSeconds = 10;
    const double HoursHeard = 5;
    const int PseudoLabelRounds = 2;
    static readonly int[] LabelsPerDigit = [1, 3, 10, 30, 100];

    public static Experiment Experiment { get; } = new(
        "a1",
        "How many labels does pretraining save? (digits, unseen speaker)",
        "per seed, on one core: a pretraining of 5 h heard (2 minutes) and thirty fine-tunings of 600 updates of 10 s (a minute each)",
        PlotAxis.LabelsPerDigit,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var (digits, readSpeech) = (setting.Corpus("digits"), setting.Corpus("read-speech"));
        foreach (var (seed, count) in setting.EachSeed.SelectMany(seed => LabelsPerDigit.Select(count => (seed, count))))
        {
            var plan = FewVoices(setting, seed);
            var task = new SpeechTask(
                () => Labels(digits.Split("train"), count, seed), () => digits.Split("train"), () => digits.HeldOut("test"));
            using var pretrained = new PseudoLabelRounds(setting, () => Pretrained(seed), plan, task, warmStart: false);
            using var scratch = new PseudoLabelRounds(setting, () => null, plan.FromScratch(), task, warmStart: false);
            foreach (var (rounds, hours) in new[] { (pretrained, HoursHeard), (scratch, 0) })
            {
                yield return NewTrial(0);
                yield return NewTrial(PseudoLabelRounds);

                Trial NewTrial(int pseudoLabelRounds) => new(
                    new()
                    {
                        Settings = setting.Varied,
                        HoursHeard = hours,
                        LabelsPerDigit = count,
                        Seed = seed,
                        Rounds = 1 + pseudoLabelRounds,
                        PseudoLabelRounds = pseudoLabelRounds,
                    },
                    setting.RecipesOf(
                        hours > 0,
                        rounds.Plan,
                        pseudoLabelRounds > 0,
                        hours > 0 ? [digits.Manifest, readSpeech.Manifest] : [digits.Manifest]),
                    () => rounds.Score(pseudoLabelRounds, ct));
            }
        }

        string Pretrained(int seed) =>
            setting.Pretraining("both", seed, () => [.. digits.Split("train"), .. readSpeech.Split("train")]).Encoders([HoursHeard], ct)[0];
    }

    /// <summary>
    /// Stronger augmentation, because three voices are soon learnt by heart; with and without pretraining.
    /// Chosen on the third voice, trained on two.
    /// </summary>
    static FineTuningPlan FewVoices(ExperimentSetting setting, int seed)
    {
        var plan = setting.Plan(Updates, BatchSeconds, seed);
        return plan with
        {
            Recipe = plan.Recipe with
            {
                FrequencyWarp = setting.Unless(r => r.FrequencyWarp, 0.15),
                SpeedChange = setting.Unless(r => r.SpeedChange, 0.2),
            },
        };
    }

    /// <summary>A number of recordings of each digit, drawn over the speakers.</summary>
    public static LabelledUtterance[] Labels(IEnumerable<CorpusRecording> known, int perDigit, int seed)
    {
        var recordings = known.ToArray();
        new Random(seed).Shuffle(recordings);
        var byDigit = recordings.GroupBy(r => r.Utterance.Text).OrderBy(g => g.Key, StringComparer.Ordinal);
        return [.. byDigit.SelectMany(g => g.Take(perDigit)).Select(r => r.Utterance)];
    }
}
