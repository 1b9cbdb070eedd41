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
    public static readonly Wav2Vec2BertConfig Config = new() { HiddenSize = 32, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 64 };

    readonly TemporaryFolder folder = new();

    public TinyRun(LearnerOptions? options = null, PretrainingRecipe? recipe = null)
    {
        TorchRuntime.UseThreads(1);
        Recipe = recipe ?? DefaultRecipe;
        Options = (options ?? Defaults) with { DataPath = folder["learner"] };
        Store = new ReplayStore(Options.ReplayPath, Options.Replay, TimeProvider.System);
        Registry = new ModelRegistry(new RegistryOptions { Path = folder["registry"] }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        Epoch = Registry.AcquireEpoch(EncoderPublisher.Writer);
    }

    public static LearnerOptions Defaults { get; } = new()
    {
        Batch = new() { AudioSeconds = 4, MaxCropSeconds = 2 },
        Training = new() { Seed = 5 },
    };

    public static PretrainingRecipe DefaultRecipe { get; } = new() { WarmUpSteps = 10, MinStoredSeconds = 5, HealthWindowSteps = 5 };

    public LearnerOptions Options { get; }

    public PretrainingRecipe Recipe { get; }

    public ReplayStore Store { get; }

    public ModelRegistry Registry { get; }

    public WriterEpoch Epoch { get; }

    public CheckpointStore Checkpoints => new(Options.CheckpointPath, NullLogger.Instance);

    public string CheckpointPath => Options.CheckpointPath;

    public IReadOnlyList<ModelManifest> Versions => Registry.List(ModelKind.Encoder);

    public void AddTones(int count = 8, double seconds = 3)
    {
        for (var i = 0; i < count; i++)
            Store.Append(Segments.Tones(i, seconds), 0, i);
        Store.Flush();
    }

    /// <summary>A trainer as a new process would make it: from the newest checkpoint, or fresh.</summary>
    public Trainer Start(Action<ModelManifest>? published = null)
    {
        var session = Checkpoints.Newest(_ => true) is null
            ? PretrainingSession.Fresh(Config, Recipe, Options)
            : PretrainingSession.Open(Options, Recipe, Checkpoints, Registry, NullLogger.Instance);
        var report = new TrainingReport(new LoopHeartbeat(TimeProvider.System), TimeProvider.System, NullLogger<Trainer>.Instance);
        return new Trainer(Options, session, Store, Checkpoints, new EncoderPublisher(Registry, Epoch, Recipe), report)
        {
            Published = published ?? (_ => { }),
        };
    }

    /// <summary>Runs a trainer on this thread until <paramref name="enough"/> says so after a step, as a signal to stop would.</summary>
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
            trainer.Run(stop.Token);
        }
        finally
        {
            watch.Dispose(drained); // a last look may be under way, and needs the token
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
