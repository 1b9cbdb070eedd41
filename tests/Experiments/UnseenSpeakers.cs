using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>Goals A2 and A6: audiobooks by readers who are in no training data, from ten minutes of labels, over the hours heard.</summary>
static class UnseenSpeakers
{
    public const int Updates = 2400;
    public const double BatchSeconds = 40;
    public const double LabelSeconds = 600;

    /// <summary>Heard before other speech joins the stream, and before pseudo-labels are made.</summary>
    public const double ManyHours = 60;

    /// <summary>Best learning rate from scratch of those measured (docs/results.md).</summary>
    public const double ScratchRate = 4e-3;

    const double HoursAfter = 15;
    static readonly double[] HoursHeard = [5, 15, ManyHours, 200, 400];

    // the best of these on dev is the baseline
    static readonly (double Rate, int Updates)[] ScratchBudgets =
        [(2e-3, Updates), (ScratchRate, Updates), (8e-3, Updates), (ScratchRate, 2 * Updates)];

    public static Experiment Experiment { get; } = new(
        "a2",
        "How much lower is the error with ten minutes of labels, and does more hearing help? (read-speech, unseen speakers)",
        "per seed, on one core: a pretraining of 400 h heard (2.5 hours; 60 h: 20 minutes), 15 h more with other speech in it, and "
            + "ten fine-tunings of 2,400 updates of 40 s, one of them of 4,800 (9 minutes each, 18); --only hoursHeard=5 measures a part",
        PlotAxis.HoursHeard,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var (corpus, others) = (setting.Corpus("read-speech"), Others(setting));
        foreach (var seed in setting.EachSeed)
        {
            var task = Task(corpus, seed);
            var plan = setting.Plan(Updates, BatchSeconds, seed);
            var condition = new Condition { Settings = setting.Varied, LabelMinutes = LabelSeconds / 60, Seed = seed };
            foreach (var (rate, updates) in ScratchBudgets)
            {
                var scratch = plan.FromScratch() with { Updates = setting.Updates(updates) };
                scratch = scratch with { Recipe = scratch.Recipe with { LearningRate = rate } };
                yield return new(
                    condition with { LearningRate = rate, Updates = updates },
                    setting.RecipesOf(pretrained: false, scratch, pseudoLabels: false, corpus.Manifest),
                    () => FineTuningRun.Score(setting, null, scratch, task, ct));
            }
            foreach (var hours in HoursHeard)
                yield return new(
                    condition with { HoursHeard = hours },
                    setting.RecipesOf(pretrained: true, plan, pseudoLabels: false, corpus.Manifest),
                    () => FineTuningRun.Score(setting, Pretrained(setting, corpus, seed, hours, ct), plan, task, ct));
            yield return new(
                condition with { HoursHeard = ManyHours, OtherSpeechHours = HoursAfter },
                setting.RecipesOf(pretrained: true, plan, pseudoLabels: false, others.Select(o => o.Manifest).Prepend(corpus.Manifest)),
                () => FineTuningRun.Score(setting, ThenOtherSpeech(setting, corpus, seed, ct), plan, task, ct));
        }
    }

    /// <summary>Labels of the training readers; scored on the others.</summary>
    public static SpeechTask Task(SpeechCorpus corpus, int seed, double labelSeconds = LabelSeconds) =>
        new(() => Labels(corpus, seed, labelSeconds), () => corpus.Split("train"), () => corpus.HeldOut("dev", "test"));

    /// <summary>The folder of an encoder that has heard the training readers for one of the experiment's numbers of hours.</summary>
    public static string Pretrained(ExperimentSetting setting, SpeechCorpus corpus, int seed, double hours, CancellationToken ct) =>
        setting.Pretraining("a2", seed, () => corpus.Split("train")).Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];

    /// <summary>German, and English by Mandarin speakers.</summary>
    static SpeechCorpus[] Others(ExperimentSetting setting) => [setting.Corpus("german"), setting.Corpus("accented-english")];

    /// <summary>Starts from the encoder of <see cref="ManyHours"/> and its heads, when the other corpora have joined the stream.</summary>
    static string ThenOtherSpeech(ExperimentSetting setting, SpeechCorpus corpus, int seed, CancellationToken ct)
    {
        var before = setting with { Learner = setting.Learner with { Encoder = Pretrained(setting, corpus, seed, ManyHours, ct) } };
        var all = () => (IReadOnlyList<CorpusRecording>)[.. Others(setting).Prepend(corpus).SelectMany(c => c.Split("train"))];
        return before.Pretraining("a2-and-other", seed, all).Encoders([HoursAfter], ct)[0];
    }

    /// <summary>Recordings of the training readers, drawn over all of them.</summary>
    static LabelledUtterance[] Labels(SpeechCorpus corpus, int seed, double labelSeconds)
    {
        var recordings = corpus.Split("train").ToArray();
        new Random(seed).Shuffle(recordings);
        var seconds = 0.0;
        return [.. recordings.TakeWhile(r => (seconds += r.DurationSeconds) <= labelSeconds).Select(r => r.Utterance)];
    }
}
