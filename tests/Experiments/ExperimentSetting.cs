using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Ssl.Learner;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Experiments;

/// <summary>Where an experiment reads and writes, and the settings of the services that it starts from; it overrides what it compares.</summary>
/// <param name="Settings">Those that were given with <c>--set</c>, which no experiment overrides.</param>
/// <param name="Seeds">Every condition is measured with seeds 1 to this.</param>
/// <param name="IsSmokeTest">Budgets are cut to seconds: the figures mean nothing, but everything runs.</param>
sealed record ExperimentSetting(
    ExperimentFolders Folders, LearnerOptions Learner, TranscriberOptions Transcriber, Variation Settings, int Seeds, bool IsSmokeTest, ILoggerFactory Loggers)
{
    const int SmokeRecordings = 12; // of each speaker
    const int SmokeUpdates = 2;
    const double SmokeHours = 1.0 / 20_000; // of an hour

    readonly Dictionary<string, SpeechCorpus> corpora = [];

    public IEnumerable<int> EachSeed => Enumerable.Range(1, Seeds);

    public FineTuningOptions FineTuning => Transcriber.FineTuning;

    /// <summary>Of a new encoder.</summary>
    public EncoderConfig Shape => TrainingStart.FreshConfig(Learner.Encoder)
        ?? throw new InvalidSettingException($"{LearnerOptions.Section}:{nameof(Learner.Encoder)} is '{Learner.Encoder}': an experiment starts from a new encoder");

    /// <summary>For the condition of a trial; null where nothing was set.</summary>
    public Variation? Varied => Settings.Count > 0 ? Settings : null;

    /// <exception cref="InvalidSettingException">A setting does not exist or is out of range.</exception>
    public static ExperimentSetting Create(ExperimentFolders folders, Variation settings, int seeds, bool isSmokeTest, ILoggerFactory loggers)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings!).Build();
        var services = new ServiceCollection();
        var learner = services.AddValidatedOptions<LearnerOptions>(configuration, LearnerOptions.Section);
        var transcriber = services.AddValidatedOptions<TranscriberOptions>(configuration, TranscriberOptions.Section);
        if (isSmokeTest)
            transcriber = transcriber with { PseudoLabels = transcriber.PseudoLabels with { LeastEpochs = 0 } };
        return new(folders, learner, transcriber, settings, seeds, isSmokeTest, loggers);
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
    public PretrainingRun Pretraining(string name, int seed, Func<IReadOnlyList<CorpusRecording>> recordings) =>
        new(FolderOf($"{name}-{seed}"), Learner with { Training = Learner.Training with { Seed = seed } }, recordings, IsSmokeTest ? SmokeHours : 1, Loggers);

    /// <summary>A budget in updates, so that the result depends on the seed alone; values given with <c>--set</c> stay.</summary>
    public FineTuningOptions FineTuningOf(int updates, double batchSeconds, int seed) => FineTuning with
    {
        Seed = seed,
        MaxUpdates = Unless(t => t.FineTuning.MaxUpdates, Updates(updates)),
        BatchAudioSeconds = Unless(t => t.FineTuning.BatchAudioSeconds, batchSeconds),
    };

    public int Updates(int updates) => IsSmokeTest ? SmokeUpdates : updates;

    /// <summary>What an experiment chooses for a setting, unless it was given with <c>--set</c>.</summary>
    public T Unless<T>(Expression<Func<TranscriberOptions, T>> setting, T chosen) => IsVaried(setting) ? setting.Compile()(Transcriber) : chosen;

    /// <summary>Whether a setting was given with <c>--set</c>, by its full key: the Learner has settings of the same last name.</summary>
    public bool IsVaried<T>(Expression<Func<TranscriberOptions, T>> setting)
    {
        var names = new Stack<string>();
        for (var member = setting.Body as MemberExpression; member is not null; member = member.Expression as MemberExpression)
            names.Push(member.Member.Name);
        return Settings.ContainsKey(string.Join(':', names.Prepend(TranscriberOptions.Section)));
    }

    /// <summary>What figures depend on.</summary>
    /// <param name="options">Of the last fine-tuning.</param>
    public Recipes RecipesOf(bool pretrained, FineTuningOptions options, bool pseudoLabels, params IEnumerable<string?> manifests) => new(
        Fingerprint.Of(Shape, options with { Seed = 0 }),
        Fingerprint.Of(Transcriber.Decoding),
        pretrained ? PretrainingFingerprint : null,
        pseudoLabels ? Fingerprint.Of(Transcriber.PseudoLabels, Transcriber.Decoding with { KnownWordWeight = 0 }) : null, // which are read by letters alone
        manifests.Contains(null) ? null : Fingerprint.Of([.. manifests]));

    string PretrainingFingerprint => Fingerprint.Of(TrainingStart.FreshConfig(Learner.Encoder), Learner.Batch, Learner.Objectives, Learner.Training with { Seed = 0 });

    /// <summary>Where a pretraining works: with another recipe, elsewhere.</summary>
    string FolderOf(string pretraining) => Path.Combine(Folders.Work, IsSmokeTest ? "smoke" : "", $"{pretraining}-{PretrainingFingerprint}");
}
