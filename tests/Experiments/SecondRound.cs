using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Experiments;

/// <summary>What the loop does with each better encoder: a recognizer is made from it, and what the last one was taught need not be taught again.</summary>
static class SecondRound
{
    const int Updates = 400;
    const double LabelSeconds = 3600;
    const double HoursBefore = 15;

    public static Experiment Experiment { get; } = new(
        "rounds",
        "Is the second recognizer better for going on from the first? (an hour of read-speech labels, unseen speakers)",
        "a seed, of one core: the pretraining of a2 up to 60 h heard (20 minutes, where a2 has not done it) and four fine-tunings of 400 updates of 40 s (2 to 3 minutes each)",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var corpus = setting.Corpus("read-speech");
        var heldOut = corpus.HeldOut("dev", "test");
        var results = setting.Results("rounds");
        foreach (var seed in setting.EachSeed)
        {
            var labels = UnseenSpeakers.Labels(corpus, seed, LabelSeconds);
            var first = setting.FineTuningOf(Updates, UnseenSpeakers.BatchSeconds, seed);
            var second = first with { Seed = seed + 1 };
            results.Measure(FormattableString.Invariant($"first round, {HoursBefore} h heard, seed {seed}"), () => FineTuningRun.Score(setting, Encoder(HoursBefore), first, labels, heldOut, ct));
            results.Measure(FormattableString.Invariant($"second round, {UnseenSpeakers.ManyHours} h heard, anew, seed {seed}"), () => FineTuningRun.Score(setting, Encoder(UnseenSpeakers.ManyHours), second, labels, heldOut, ct));
            var after = FormattableString.Invariant($"second round, {UnseenSpeakers.ManyHours} h heard, goes on from the first");
            results.Measure($"{after}, seed {seed}", () => Second(pseudoLabels: false));
            if (setting.Transcriber.PseudoLabels.AreWorthIt(second.MaxUpdates * second.BatchAudioSeconds, LabelSeconds)) // not by default: labels are many here
                results.Measure($"{after} with pseudo-labels, seed {seed}", () => Second(pseudoLabels: true));

            Dictionary<string, double> Second(bool pseudoLabels)
            {
                var former = FineTuningRun.Tune(setting, Encoder(HoursBefore), former: null, first, new TrainingSet(labels), ct).Recognizer;
                using var owned = new FormerRecognizer(former, ModelFolder.LoadEncoder(Encoder(HoursBefore)));
                var train = pseudoLabels ? FineTuningRun.WithPseudoLabels(setting, former, second, labels, corpus.Split("train").Select(r => r.Utterance), ct) : new TrainingSet(labels);
                return FineTuningRun.Score(setting, Encoder(UnseenSpeakers.ManyHours), owned, second, train, heldOut, ct);
            }

            string Encoder(double hours) => UnseenSpeakers.Pretrained(setting, corpus, seed, hours, ct);
        }
    }
}
