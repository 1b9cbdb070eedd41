using Ssl.Cli.Demonstration;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>What the demonstration can reach: its prompts, its labels, its held-out part, after as much hearing as its first minutes hold; in the small batches of a short budget.</summary>
static class PromptsProbe
{
    static readonly double[] HoursHeard = [0.5, 3];
    static readonly int[] Updates = [200, 400, 800];

    public static Experiment Experiment { get; } = new(
        "prompts",
        "What error can the demonstration reach, after how much hearing and fine-tuning? (telephone prompts)",
        "a seed, of one core: a pretraining of 3 h heard and nine fine-tunings of 200 to 800 updates of 10 s, 15 minutes in all",
        Run);

    static void Run(ExperimentSetting setting, CancellationToken ct)
    {
        var recordings = TelephonePrompts.Read()
            .Select(p => new CorpusRecording(new LabelledUtterance(p.Name, p.Text, AudioFile.Read(p.Path).Samples), "allison", p.HeldOut ? "test" : "train")).ToArray();
        LabelledUtterance[] Split(string split) => [.. recordings.Where(r => r.Split == split).Select(r => r.Utterance)];
        var heldOut = new Dictionary<string, IReadOnlyList<LabelledUtterance>> { ["test"] = Split("test") };
        var results = setting.Results("prompts");
        foreach (var seed in setting.EachSeed)
        {
            foreach (var updates in setting.Transcriber.FineTuning.MaxUpdates is > 0 and var given ? [given] : Updates)
            {
                var options = new FineTuningPlan(setting.FineTuning with { BatchAudioSeconds = setting.FineTuning.MinBatchAudioSeconds }, updates, seed);
                foreach (var hours in HoursHeard)
                    results.Measure(FormattableString.Invariant($"{hours} h heard, {updates} updates, seed {seed}"), () => FineTuningRun.Score(setting, Pretrained(seed, hours), options, Split("train"), heldOut, ct));
                results.Measure($"scratch, {updates} updates, seed {seed}", () => FineTuningRun.Score(setting, null, FineTuningRun.FromScratch(options), Split("train"), heldOut, ct));
            }
        }

        string Pretrained(int seed, double hours)
        {
            var run = setting.Pretraining("prompts", seed, [.. recordings.Where(r => r.Split == "train")]);
            return run.Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];
        }
    }
}
