using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>Goal A1: digits by a speaker never heard, learnt from few labels, from a pretrained encoder and from none.</summary>
static class LabelEfficiency
{
    public const int Updates = 600;
    public const double BatchSeconds = 10;
    const double HoursHeard = 5;
    const int RoundCount = 2;
    static readonly int[] LabelsADigit = [1, 3, 10, 30, 100];

    public static Experiment Experiment { get; } = new(
        "a1",
        "How many labels does pretraining save? (digits, unseen speaker)",
        "a seed, of one core: a pretraining of 5 h heard (2 minutes) and thirty fine-tunings of 600 updates of 10 s (a minute each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var (digits, readSpeech) = (setting.Corpus("digits"), setting.Corpus("read-speech"));
        var heldOut = digits.HeldOut("test");
        var results = setting.Results("a1");
        foreach (var seed in setting.EachSeed)
        {
            foreach (var count in LabelsADigit)
            {
                var (options, labels) = (FewVoices(setting, seed), Labels(digits.Split("train"), count, seed));
                using var rounds = Rounds(() => Pretrained(seed), options);
                results.Measure($"pretrained, {count:D3} labels a digit, seed {seed}", () => rounds.Score(0, ct));
                results.Measure($"pretrained and {RoundCount} rounds of pseudo-labels, {count:D3} labels a digit, seed {seed}", () => rounds.Score(RoundCount, ct));
                using var fromScratch = Rounds(() => null, FineTuningRun.FromScratch(options));
                results.Measure($"scratch, {count:D3} labels a digit, seed {seed}", () => fromScratch.Score(0, ct));
                results.Measure($"scratch and {RoundCount} rounds of pseudo-labels, {count:D3} labels a digit, seed {seed}", () => fromScratch.Score(RoundCount, ct));

                PseudoLabelRounds Rounds(Func<string?> encoder, FineTuningPlan options) =>
                    new(setting, encoder, options, labels, digits.Split("train").Select(r => r.Utterance), heldOut, goesOn: false);
            }
        }

        string Pretrained(int seed)
        {
            IReadOnlyList<CorpusRecording> unlabelled = [.. digits.Split("train"), .. readSpeech.Split("train")];
            return setting.Pretraining("both", seed, unlabelled).Encoders([HoursHeard], ct)[0];
        }
    }

    /// <summary>Three voices are soon known by heart: both conditions hear them changed more than others (chosen on the third voice, from two; docs/lab-notes.md).</summary>
    static FineTuningPlan FewVoices(ExperimentSetting setting, int seed)
    {
        var plan = setting.FineTuningOf(Updates, BatchSeconds, seed);
        var recipe = plan.Recipe;
        return plan with
        {
            Recipe = recipe with
            {
                FrequencyWarp = setting.IsVaried(nameof(recipe.FrequencyWarp)) ? recipe.FrequencyWarp : 0.15,
                SpeedChange = setting.IsVaried(nameof(recipe.SpeedChange)) ? recipe.SpeedChange : 0.2,
            },
        };
    }

    /// <summary>So many recordings of each digit, by a draw over the training speakers.</summary>
    public static LabelledUtterance[] Labels(IEnumerable<CorpusRecording> known, int aDigit, int seed)
    {
        var recordings = known.ToArray();
        new Random(seed).Shuffle(recordings);
        return [.. recordings.GroupBy(r => r.Utterance.Text).OrderBy(g => g.Key, StringComparer.Ordinal).SelectMany(g => g.Take(aDigit)).Select(r => r.Utterance)];
    }
}
