using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Learner.Checkpoints;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Tests;

/// <summary>A run small enough for a test: two layers of 32, a few synthetic tones, one thread.</summary>
sealed class TinyRun : IDisposable
{
    public static readonly Wav2Vec2BertConfig Config =
        new() { HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 64 };

    readonly TemporaryFolder folder = new();

    public TinyRun(LearnerOptions? options = null, PretrainingRecipe? recipe = null)
    {
        TorchRuntime.UseThreads(1);
        File.WriteAllText(folder["shape.json"], Config.ToJson().ToJsonString());
        Options = (options ?? Defaults) with { DataPath = folder["learner"], Encoder = folder["shape.json"] };
        Store = new ReplayStore(Options.ReplayPath, Options.Replay, TimeProvider.System);
        Registry = new ModelRegistry(
            new RegistryOptions { Path = folder["registry"] }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var report = new TrainingReport(new LoopHeartbeat(TimeProvider.System), TimeProvider.System, NullLogger<Trainer>.Instance);
        Setup = new TrainingSetup(Options, recipe ?? DefaultRecipe, Registry, report);
    }

    public static LearnerOptions Defaults { get; } = new()
    {
        Batch = new() { AudioSeconds = 4, MaxCropSeconds = 2 },
        Training = new() { Seed = 5 },
    };

    /// <summary>From the first step that may be published.</summary>
    public static PublishingOptions AtEveryStep { get; } = new() { FirstAfter = TimeSpan.Zero, Every = TimeSpan.Zero };

    public static PretrainingRecipe DefaultRecipe { get; } = new() { WarmUpSteps = 10, MinStoredSeconds = 5, HealthWindowSteps = 5 };

    public LearnerOptions Options { get; }
    public TrainingSetup Setup { get; }
    public ReplayStore Store { get; }
    public ModelRegistry Registry { get; }
    public CheckpointStore Checkpoints => new(Options.CheckpointPath, NullLogger.Instance);
    public string CheckpointPath => Options.CheckpointPath;

    public IReadOnlyList<ModelManifest> Versions => Registry.List(ModelKind.Encoder);

    public void AddTones(int count = 8, double seconds = 3)
    {
        for (var i = 0; i < count; i++)
            Store.Append(Segments.Tones(i, seconds), 0, i);
        Store.Flush();
    }

    /// <summary>A trainer as a new process would make it.</summary>
    public Trainer Start(Action<ModelManifest>? published = null) => new(Setup, Store, published ?? (_ => { }));

    /// <summary>Runs a trainer on this thread until <paramref name="enough"/>, then stops it as a signal would.</summary>
    public static void RunUntil(Trainer trainer, Func<bool> enough)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var drained = new ManualResetEvent(false);
        var watch = new Timer(_ =>
        {
            if (enough())
                stop.Cancel();
        }, null, 0, 1);
        try
        {
            trainer.Run(_ => false, stop.Token);
        }
        finally
        {
            watch.Dispose(drained); // a callback may still be running, and needs the token
            drained.WaitOne();
        }
        Assert.True(enough(), "not within a minute");
    }

    public void Dispose()
    {
        Store.Dispose();
        folder.Dispose();
    }
}
