using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>Goals A2 and A6: audiobooks by readers never heard, from ten minutes of labels, against hours heard before.</summary>
static class UnseenSpeakers
{
    public const int Updates = 2400;
    public const double BatchSeconds = 40;
    const double LabelSeconds = 600;

    /// <summary>Heard before other speech joins the stream, and before pseudo-labels are made.</summary>
    public const double ManyHours = 60;

    const double HoursAfter = 15;
    static readonly double[] HoursHeard = [5, 15, ManyHours, 200, 400];

    /// <summary>Its best of those measured so far (docs/lab-notes.md).</summary>
    public const double ScratchRate = 4e-3;

    static readonly (double Rate, int Updates)[] ScratchBudgets = [(2e-3, Updates), (ScratchRate, Updates), (8e-3, Updates), (ScratchRate, 2 * Updates)]; // the best of these on dev is the baseline

    public static Experiment Experiment { get; } = new(
        "a2",
        "How much lower is the error with ten minutes of labels, and does more hearing help? (read-speech, unseen speakers)",
        "a seed, of one core: a pretraining of 400 h heard (2.5 hours; 60 h: 20 minutes), 15 h more with other speech in it, and ten fine-tunings of 2,400 updates of 40 s, one of them of 4,800 (9 minutes each, 18); --only \"005 h\" and the like measure a part",
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
                    FineTuningRun.Score(setting, null, AtRate(rate, updates, FineTuningRun.FromScratch(options)), labels, heldOut, ct));
            foreach (var hours in HoursHeard)
                results.Measure($"pretrained, {hours:000} h heard, seed {seed}", () => FineTuningRun.Score(setting, Pretrained(setting, corpus, seed, hours, ct), options, labels, heldOut, ct));
            results.Measure(FormattableString.Invariant($"pretrained, {ManyHours:000} h heard then {HoursAfter} h with other speech, seed {seed}"), () => FineTuningRun.Score(setting, ThenOtherSpeech(setting, corpus, seed, ct), options, labels, heldOut, ct));
        }
    }

    static FineTuningPlan AtRate(double rate, int updates, FineTuningPlan plan) => plan with { Recipe = plan.Recipe with { LearningRate = rate }, Updates = updates };

    /// <summary>Begins with the encoder of <see cref="ManyHours"/> and its heads, when German and English by Mandarin speakers have joined the stream.</summary>
    static string ThenOtherSpeech(ExperimentSetting setting, SpeechCorpus corpus, int seed, CancellationToken ct)
    {
        IReadOnlyList<CorpusRecording> all = [.. corpus.Split("train"), .. setting.Corpus("german").Split("train"), .. setting.Corpus("accented-english").Split("train")];
        var before = setting with { Learner = setting.Learner with { Encoder = Pretrained(setting, corpus, seed, ManyHours, ct) } };
        return before.Pretraining("a2-and-other", seed, all).Encoders([HoursAfter], ct)[0];
    }

    /// <summary>The folder of an encoder that has heard the training readers for one of the experiment's numbers of hours.</summary>
    public static string Pretrained(ExperimentSetting setting, SpeechCorpus corpus, int seed, double hours, CancellationToken ct) =>
        setting.Pretraining("a2", seed, corpus.Split("train")).Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];

    /// <summary>So much of the training speakers, drawn over all of them.</summary>
    public static LabelledUtterance[] Labels(SpeechCorpus corpus, int seed, double labelSeconds = LabelSeconds)
    {
        var recordings = corpus.Split("train").ToArray();
        new Random(seed).Shuffle(recordings);
        var seconds = 0.0;
        return [.. recordings.TakeWhile(r => (seconds += r.DurationSeconds) <= labelSeconds).Select(r => r.Utterance)];
    }
}
