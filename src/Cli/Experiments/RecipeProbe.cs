using Ssl.Shared.Labels;
using Ssl.Transcriber.FineTuning;

namespace Ssl.Cli.Experiments;

/// <summary>Where a recipe is chosen: on speakers that no experiment reports, readers of the dev split and one of the training speakers of the digits.</summary>
static class RecipeProbe
{
    const int DigitLabels = 10;
    const double PseudoHours = 15;
    static readonly double[] HoursHeard = [2, 5, 15, 50];

    public static Experiment Experiment { get; } = new(
        "recipe",
        "Is a setting better than the one before it? (ten minutes of read-speech on its dev readers; ten labels a digit by two speakers on a third; name settings with --set and conditions with --only)",
        "a seed, of one core: a pretraining of 50 h heard (10 minutes for 15 h) and ten fine-tunings of 600 updates of 20 s or 400 of 10 s (1 to 3 minutes each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var (readSpeech, digits) = (setting.Corpus("read-speech"), setting.Corpus("digits"));
        var known = digits.Split("train");
        var unheard = known.Select(r => r.Speaker).Distinct().Order(StringComparer.Ordinal).Last();
        var results = setting.Results("recipe");
        foreach (var seed in setting.EachSeed)
        {
            var tasks = new (string Name, LabelledUtterance[] Labels, LabelledUtterance[] Others, LabelledUtterance[] Dev, FineTuningOptions Options)[]
            {
                ("read-speech", UnseenSpeakers.Labels(readSpeech, seed), Utterances(readSpeech.Split("train")), Utterances(readSpeech.Split("dev")), setting.FineTuningOf(UnseenSpeakers.Updates, UnseenSpeakers.BatchSeconds, seed)),
                ("digits", LabelEfficiency.Labels(known.Where(r => r.Speaker != unheard), DigitLabels, seed), Utterances(known.Where(r => r.Speaker != unheard)), Utterances(known.Where(r => r.Speaker == unheard)), setting.FineTuningOf(LabelEfficiency.Updates, LabelEfficiency.BatchSeconds, seed)),
            };
            foreach (var task in tasks)
            {
                var heldOut = new Dictionary<string, IReadOnlyList<LabelledUtterance>> { ["dev"] = task.Dev };
                results.Measure($"{task.Name}, scratch, seed {seed}", () => FineTuningRun.Score(setting.Shape, null, FineTuningRun.FromScratch(task.Options), task.Labels, heldOut, ct));
                foreach (var hours in HoursHeard)
                    results.Measure(FormattableString.Invariant($"{task.Name}, {hours:000} h heard, seed {seed}"), () => FineTuningRun.Score(setting.Shape, Pretrained(seed, hours), task.Options, task.Labels, heldOut, ct));
                results.Measure($"{task.Name}, pseudo-labels, seed {seed}", () => FineTuningRun.Score(setting.Shape, Pretrained(seed, PseudoHours), task.Options,
                    FineTuningRun.WithPseudoLabels(setting.Shape, Pretrained(seed, PseudoHours), task.Options, task.Labels, task.Others, ct), heldOut, ct));
            }
        }

        string Pretrained(int seed, double hours)
        {
            IReadOnlyList<CorpusRecording> unlabelled = [.. known.Where(r => r.Speaker != unheard), .. readSpeech.Split("train")];
            return new PretrainingRun(setting.FolderFor($"recipe-{seed}"), setting.LearnerFor(seed), unlabelled, setting.Loggers).Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];
        }
    }

    static LabelledUtterance[] Utterances(IEnumerable<CorpusRecording> recordings) => [.. recordings.Select(r => r.Utterance)];
}
