using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq.Expressions;
using Ssl.Learner;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Experiments;

/// <summary>Where an experiment reads and writes, and the recipes that it starts from; it overrides what it compares.</summary>
/// <param name="Settings">Those that were given with <c>--set</c>, which no experiment overrides.</param>
/// <param name="Seeds">Every condition is measured with seeds 1 to this.</param>
/// <param name="IsSmokeTest">Budgets are cut to seconds: the figures mean nothing, but everything runs.</param>
sealed record ExperimentSetting(ExperimentFolders Folders, Variation Settings, int Seeds, bool IsSmokeTest, ILoggerFactory Loggers)
{
    const int SmokeRecordings = 12; // of each speaker
    const int SmokeUpdates = 2;
    const double SmokeHours = 1.0 / 20_000; // of an hour
    const string PretrainingSection = "Pretraining";
    const string FineTuningSection = "FineTuning";
    const string DecodingSection = "Decoding";
    const string UpdatesKey = "Updates";

    readonly Dictionary<string, SpeechCorpus> corpora = [];

    public IEnumerable<int> EachSeed => Enumerable.Range(1, Seeds);

    /// <summary>Pretraining as the Learner would do it.</summary>
    public required LearnerOptions Learner { get; init; }

    public required PretrainingRecipe PretrainingRecipe { get; init; }

    public required FineTuningRecipe FineTuning { get; init; }

    public required DecodingRecipe Decoding { get; init; }

    /// <summary>Updates of every fine-tuning, where they were given; null: each experiment has its own.</summary>
    public int? GivenUpdates { get; init; }

    /// <summary>Of a new encoder.</summary>
    public EncoderConfig Shape => TrainingStart.FreshConfig(Learner.Encoder) ?? throw new InvalidSettingException(
        $"{LearnerOptions.Section}:{nameof(Learner.Encoder)} is '{Learner.Encoder}': an experiment starts from a new encoder");

    /// <summary>For the condition of a trial; null where nothing was set.</summary>
    public Variation? Varied => Settings.Count > 0 ? Settings : null;

    /// <exception cref="InvalidSettingException">A setting does not exist or is out of range.</exception>
    public static ExperimentSetting Create(
        ExperimentFolders folders, Variation settings, int seeds, bool isSmokeTest, ILoggerFactory loggers)
    {
        string[] sections = [LearnerOptions.Section, PretrainingSection, FineTuningSection, DecodingSection, UpdatesKey];
        if (settings.Keys.FirstOrDefault(key => !sections.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new InvalidSettingException($"--set {unknown}: an experiment has settings of {string.Join(", ", sections)}");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings!).Build();
        var services = new ServiceCollection();
        var fineTuning = services.AddValidatedOptions<FineTuningRecipe>(configuration, FineTuningSection);
        return new(folders, settings, seeds, isSmokeTest, loggers)
        {
            Learner = services.AddValidatedOptions<LearnerOptions>(configuration, LearnerOptions.Section, LearnerOptions.Moved),
            PretrainingRecipe = services.AddValidatedOptions<PretrainingRecipe>(configuration, PretrainingSection),
            FineTuning = isSmokeTest ? fineTuning with { MinEpochs = 0 } : fineTuning,
            Decoding = services.AddValidatedOptions<DecodingRecipe>(configuration, DecodingSection),
            GivenUpdates = UpdatesOf(configuration[UpdatesKey]),
        };
    }

    /// <summary>The same with other settings; false where one of them does not exist any more.</summary>
    public bool TryVary(Variation settings, [NotNullWhen(true)] out ExperimentSetting? varied)
    {
        try
        {
            varied = Create(Folders, settings, Seeds, IsSmokeTest, Loggers);
        }
        catch (InvalidSettingException)
        {
            varied = null;
        }
        return varied is not null;
    }

    /// <summary>Read once, when its recordings are first used.</summary>
    public SpeechCorpus Corpus(string name)
    {
        if (!corpora.TryGetValue(name, out var corpus))
            corpora[name] = corpus = new SpeechCorpus(Folders.Data, name, IsSmokeTest ? SmokeRecordings : int.MaxValue);
        return corpus;
    }

    /// <param name="name">Stands for <paramref name="recordings"/>.</param>
    public PretrainingRun Pretraining(string name, int seed, Func<IReadOnlyList<CorpusRecording>> recordings) => new(
        FolderOf($"{name}-{seed}"),
        Learner with { Training = Learner.Training with { Seed = seed } },
        PretrainingRecipe,
        recordings,
        IsSmokeTest ? SmokeHours : 1,
        Loggers);

    /// <summary>What was given with <c>--set</c> stays.</summary>
    public FineTuningPlan Plan(int updates, double batchSeconds, int seed) =>
        new(FineTuning with { BatchAudioSeconds = Unless(r => r.BatchAudioSeconds, batchSeconds) }, Updates(updates), seed);

    public int Updates(int updates) => GivenUpdates ?? (IsSmokeTest ? SmokeUpdates : updates);

    /// <summary>
    /// What an experiment chooses for a value of the fine-tuning recipe, unless it was given with <c>--set</c>. The full key decides:
    /// pretraining has values of the same last name.
    /// </summary>
    public T Unless<T>(Expression<Func<FineTuningRecipe, T>> value, T chosen)
    {
        var key = $"{FineTuningSection}:{((MemberExpression)value.Body).Member.Name}";
        return Settings.ContainsKey(key) ? value.Compile()(FineTuning) : chosen;
    }

    /// <summary>What figures depend on.</summary>
    /// <param name="plan">Of the last fine-tuning.</param>
    /// <param name="manifests">Of the corpora.</param>
    public Recipes RecipesOf(bool pretrained, FineTuningPlan plan, bool pseudoLabels, params IEnumerable<string?> manifests) => new(
        Fingerprint.OfFineTuning(plan, Shape),
        Fingerprint.OfDecoding(plan.Recipe, Decoding),
        pretrained ? PretrainingFingerprint : null,
        pseudoLabels ? Fingerprint.OfPseudoLabels(plan.Recipe, Decoding) : null,
        manifests.Contains(null) ? null : Fingerprint.Of(manifests));

    string PretrainingFingerprint => Fingerprint.Of(
        TrainingStart.FreshConfig(Learner.Encoder),
        Learner.Batch,
        PretrainingRecipe with { Name = "", MinStoredSeconds = 1 },
        Learner.Training);

    /// <summary>Where a pretraining works: with another recipe, elsewhere.</summary>
    string FolderOf(string pretraining) =>
        Path.Combine(Folders.Work, IsSmokeTest ? "smoke" : "", $"{pretraining}-{PretrainingFingerprint}");

    static int? UpdatesOf(string? given) =>
        given is null ? null :
        int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var updates) && updates > 0 ? updates :
        throw new InvalidSettingException($"--set {UpdatesKey}={given}: expected a number of updates");
}
