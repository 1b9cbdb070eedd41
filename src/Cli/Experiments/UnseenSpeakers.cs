using Ssl.Shared.Labels;

namespace Ssl.Cli.Experiments;

/// <summary>Goals A2 and A6: audiobooks by readers never heard, from ten minutes of labels, against hours heard before.</summary>
static class UnseenSpeakers
{
    public const int Updates = 600;
    public const double BatchSeconds = 40;
    const double LabelSeconds = 600;
    static readonly double[] HoursHeard = [5, 15, 50, 150, 400];
    static readonly (double Rate, int Updates)[] ScratchBudgets = [(1e-3, 600), (3e-3, 600), (1e-3, 1200)]; // the baseline gets its own best rate and budget

    public static Experiment Experiment { get; } = new(
        "a2",
        "How much lower is the error with ten minutes of labels, and does more hearing help? (read-speech, unseen speakers)",
        "a seed, of one core: a pretraining of 400 h heard (2 hours; 50 h: 13 minutes) and eight fine-tunings of 600 to 1,200 updates of 40 s (2 to 5 minutes each); --only \"005 h\" and the like measure a part",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        var heldOut = corpus.HeldOut("dev", "test");
        var results = setting.Results("a2");
        foreach (var seed in setting.EachSeed)
        {
            var labels = Labels(corpus, seed);
            var options = setting.FineTuningOf(Updates, BatchSeconds, seed);
            foreach (var (rate, updates) in ScratchBudgets)
                results.Measure(FormattableString.Invariant($"scratch (rate {rate}; {updates} updates), seed {seed}"), () =>
                    FineTuningRun.Score(setting, null, FineTuningRun.FromScratch(options) with { LearningRate = rate, MaxUpdates = updates }, labels, heldOut, ct));
            foreach (var hours in HoursHeard)
                results.Measure($"pretrained, {hours:000} h heard, seed {seed}", () => FineTuningRun.Score(setting, Pretrained(setting, corpus, seed, hours, ct), options, labels, heldOut, ct));
        }
    }

    /// <summary>The folder of an encoder that has heard the training readers for one of the experiment's numbers of hours.</summary>
    public static string Pretrained(ExperimentSetting setting, SpeechCorpus corpus, int seed, double hours, CancellationToken ct) =>
        setting.Pretraining("a2", seed, corpus.Split("train")).Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];

    /// <summary>Ten minutes, drawn over the training speakers.</summary>
    public static LabelledUtterance[] Labels(SpeechCorpus corpus, int seed)
    {
        var recordings = corpus.Split("train").ToArray();
        new Random(seed).Shuffle(recordings);
        var seconds = 0.0;
        return [.. recordings.TakeWhile(r => (seconds += r.DurationSeconds) <= LabelSeconds).Select(r => r.Utterance)];
    }
}
