using Ssl.Learner;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary>Where an experiment finds speech, where it works and where its figures go.</summary>
/// <param name="DataFolder">Holds the corpora, each a folder with a <c>manifest.jsonl</c>.</param>
/// <param name="WorkFolder">Pretrained encoders and checkpoints; may be deleted, and is then made anew.</param>
/// <param name="ResultsFolder">One JSON file of figures an experiment.</param>
/// <param name="Learner">As the Learner would have them; an experiment sets what it varies.</param>
/// <param name="Transcriber">As the Transcriber would have them; an experiment sets what it varies.</param>
/// <param name="Varied">The settings that were given, as they were typed: part of a condition's name, and pretraining's own of its folder.</param>
/// <param name="Only">Conditions whose names hold none of these are passed over; empty: none is.</param>
/// <param name="Seeds">Every condition is measured with seeds 1 to so many.</param>
sealed record ExperimentSetting(string DataFolder, string WorkFolder, string ResultsFolder, LearnerOptions Learner, TranscriberOptions Transcriber, IReadOnlyList<string> Varied, IReadOnlyList<string> Only, int Seeds, ILoggerFactory Loggers, FineTuningRecipe FineTuning)
{
    public IEnumerable<int> EachSeed => Enumerable.Range(1, Seeds);

    /// <summary>Of a new encoder.</summary>
    public EncoderConfig Shape => TrainingStart.FreshConfig(Learner.Encoder) ?? throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(Learner.Encoder)} is '{Learner.Encoder}': an experiment begins with a fresh encoder");

    public SpeechCorpus Corpus(string name) => SpeechCorpus.Read(DataFolder, name);

    /// <summary>A pretraining on recordings that <paramref name="name"/> stands for.</summary>
    public PretrainingRun Pretraining(string name, int seed, IReadOnlyList<CorpusRecording> recordings) =>
        new(FolderFor($"{name}-{seed}"), Learner with { Training = Learner.Training with { Seed = seed } }, recordings, Loggers);

    public ResultsFile Results(string experiment) => new(Path.Combine(ResultsFolder, $"{experiment}.json"), string.Concat(Varied.Select(setting => setting + ", ")), Only);

    /// <summary>A budget in updates, so that the result depends on the seed alone; updates and seconds that were given with <c>--set</c> stay as given.</summary>
    public FineTuningPlan FineTuningOf(int updates, double batchSeconds, int seed) => new(
        FineTuning with { BatchAudioSeconds = IsVaried(nameof(FineTuning.BatchAudioSeconds)) ? FineTuning.BatchAudioSeconds : batchSeconds },
        IsVaried(nameof(FineTuningOptions.MaxUpdates)) ? Transcriber.FineTuning.MaxUpdates : updates,
        seed);

    /// <summary>Whether a setting was given with <c>--set</c>: then it is not an experiment's to choose.</summary>
    public bool IsVaried(string key) => Varied.Any(setting => setting.Contains($":{key}=", StringComparison.OrdinalIgnoreCase));

    /// <summary>Where a pretraining works: what was learnt with other settings of the Learner, or other defaults, lies elsewhere.</summary>
    string FolderFor(string pretraining) =>
        Path.Combine([WorkFolder, .. Varied.Where(setting => setting.StartsWith(LearnerOptions.Section, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal), $"{pretraining}-{Recipe.Pretraining}"]);
}
