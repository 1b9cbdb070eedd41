using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>Where a recipe is chosen: on speakers that no experiment reports, readers of the dev split and one of the training speakers of the digits.</summary>
static class RecipeProbe
{
    const int DigitLabels = 10;
    const double PseudoHours = 15;
    const int PseudoRounds = 2;
    static readonly double[] HoursHeard = [2, 5, 15, 50];

    public static Experiment Experiment { get; } = new(
        "recipe",
        "Is a setting better than the one before it? (ten minutes of read-speech on its dev readers; ten labels a digit by two speakers on a third; name settings with --set and conditions with --only)",
        "a seed, of one core: a pretraining of 50 h heard (17 minutes; 5 for 15 h) and ten fine-tunings of 2,400 updates of 40 s (9 minutes) or 600 of 10 s (1 minute), with pseudo-labels three times",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var (readSpeech, digits) = (setting.Corpus("read-speech"), setting.Corpus("digits"));
        var known = digits.Split("train");
        var unheard = known.Select(r => r.Speaker).Distinct().Order(StringComparer.Ordinal).Last();
        var (ours, others) = (known.Where(r => r.Speaker == unheard).ToArray(), known.Where(r => r.Speaker != unheard).ToArray());
        var results = setting.Results("recipe");
        foreach (var seed in setting.EachSeed)
        {
            Measure("read-speech", UnseenSpeakers.Labels(readSpeech, seed), readSpeech.Split("train"), readSpeech.Split("dev"), setting.FineTuningOf(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed));
            Measure("digits", LabelEfficiency.Labels(others, DigitLabels, seed), others, ours, setting.FineTuningOf(LabelEfficiency.Updates, LabelEfficiency.BatchSeconds, seed));

            void Measure(string task, LabelledUtterance[] labels, IReadOnlyList<CorpusRecording> heard, IReadOnlyList<CorpusRecording> dev, FineTuningPlan options)
            {
                var heldOut = new Dictionary<string, IReadOnlyList<LabelledUtterance>> { ["dev"] = [.. dev.Select(r => r.Utterance)] };
                results.Measure($"{task}, scratch, seed {seed}", () => FineTuningRun.Score(setting, null, FineTuningRun.FromScratch(options), labels, heldOut, ct));
                foreach (var hours in HoursHeard)
                    results.Measure(FormattableString.Invariant($"{task}, {hours:000} h heard, seed {seed}"), () => FineTuningRun.Score(setting, Pretrained(seed, hours), options, labels, heldOut, ct));
                using var rounds = new PseudoLabelRounds(setting, () => Pretrained(seed, PseudoHours), options, labels, heard.Select(r => r.Utterance), heldOut, goesOn: false);
                results.Measure($"{task}, pseudo-labels, seed {seed}", () => rounds.Score(PseudoRounds, ct));
            }
        }

        string Pretrained(int seed, double hours)
        {
            IReadOnlyList<CorpusRecording> unlabelled = [.. others, .. readSpeech.Split("train")];
            return setting.Pretraining("recipe", seed, unlabelled).Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];
        }
    }
}
