using Ssl.Cli.Demonstration;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>
/// What the demonstration can reach: its own prompts, labels and held-out part, with the hearing and the budget of its first minutes.
/// </summary>
static class PromptsProbe
{
    static readonly double[] HoursHeard = [0.5, 3];
    static readonly int[] Updates = [200, 400, 800];

    public static Experiment Experiment { get; } = new(
        "prompts",
        "What error can the demonstration reach, after how much hearing and fine-tuning? (telephone prompts)",
        "per seed, on one core: a pretraining of 3 h heard and nine fine-tunings of 200 to 800 updates of 10 s, 15 minutes in all",
        PlotAxis.Updates,
        Trials);

    static IEnumerable<Trial> Trials(ExperimentSetting setting, CancellationToken ct)
    {
        var recordings = new Lazy<IReadOnlyList<CorpusRecording>>(Read);
        var task = new SpeechTask(
            () => [.. Split("train").Select(r => r.Utterance)],
            () => Split("train"),
            () => new Dictionary<string, IReadOnlyList<LabelledUtterance>> { ["test"] = [.. Split("test").Select(r => r.Utterance)] });
        foreach (var seed in setting.EachSeed)
            foreach (var updates in setting.GivenUpdates is { } given ? [given] : Updates)
            {
                var plan = setting.Plan(updates, setting.FineTuning.MinBatchAudioSeconds, seed);
                var condition = new Condition { Settings = setting.Varied, Updates = updates, Seed = seed };
                foreach (var hours in HoursHeard)
                    yield return new(
                        condition with { HoursHeard = hours },
                        setting.RecipesOf(pretrained: true, plan, pseudoLabels: false, "telephone prompts"),
                        () => FineTuningRun.Score(setting, Pretrained(seed, hours), plan, task, ct));
                var scratch = plan.FromScratch();
                yield return new(
                    condition,
                    setting.RecipesOf(pretrained: false, scratch, pseudoLabels: false, "telephone prompts"),
                    () => FineTuningRun.Score(setting, null, scratch, task, ct));
            }

        IReadOnlyList<CorpusRecording> Split(string split) => [.. recordings.Value.Where(r => r.Split == split)];

        string Pretrained(int seed, double hours) =>
            setting.Pretraining("prompts", seed, () => Split("train")).Encoders([.. HoursHeard.Where(h => h <= hours)], ct)[^1];
    }

    static CorpusRecording[] Read() =>
    [
        .. TelephonePrompts.Read().Select(prompt => new CorpusRecording(
            new LabelledUtterance(prompt.Name, prompt.Text, AudioFile.Read(prompt.Path).Samples),
            Speaker: "allison",
            Split: prompt.HeldOut ? "test" : "train")),
    ];
}
