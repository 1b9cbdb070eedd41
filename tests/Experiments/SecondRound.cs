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
            if (second.Updates * second.Recipe.BatchAudioSeconds >= second.Recipe.MinEpochs * LabelSeconds) // not by default: labels are many here
                results.Measure($"{after} with pseudo-labels, seed {seed}", () => Second(pseudoLabels: true));

            Dictionary<string, double> Second(bool pseudoLabels)
            {
                var before = FineTuningRun.Tune(setting, Encoder(HoursBefore), first, labels, former: null, teacher: null, stream: null, ct).Outcome.Recognizer;
                using var former = new FormerRecognizer(before, ModelFolder.LoadEncoder(Encoder(HoursBefore)));
                using var tuned = FineTuningRun.Tune(setting, Encoder(UnseenSpeakers.ManyHours), second, labels, former, pseudoLabels ? before.Transcribe : null,
                    _ => [.. corpus.Split("train").Select(r => r.Utterance)], ct);
                return FineTuningRun.Score(tuned.Outcome, heldOut, ct);
            }

            string Encoder(double hours) => UnseenSpeakers.Pretrained(setting, corpus, seed, hours, ct);
        }
    }
}
