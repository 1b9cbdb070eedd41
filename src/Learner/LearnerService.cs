using Ssl.Learner.Intake;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner;

/// <summary>Stores the topic's segments, trains on them in one thread, announces what was published.</summary>
sealed class LearnerService(
    LearnerOptions options, PretrainingRecipe recipe, TorchOptions torch, KafkaClients clients, ModelRegistry registry,
    TrainingReport report, IHostApplicationLifetime lifetime, ILogger<LearnerService> logger) : HostedLoop(lifetime, logger), IReadiness
{
    public string Name => "learner";

    /// <inheritdoc/>
    public string? WaitingFor { get; private set; } = "its replay store and checkpoint to be open";

    protected override async Task RunAsync(CancellationToken ct)
    {
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        using var store = new ReplayStore(options.ReplayPath, options.Replay, report.Clock);
        if (store.RepairedBytes > 0)
            logger.ReplayRepaired(store.RepairedBytes);
        TorchRuntime.Initialize(torch);
        var announcer = new EncoderAnnouncer(clients, registry, logger);
        await Stages.RunAsync(
        [
            new IntakeLoop(clients, store, report.Heartbeat, logger).RunAsync,
            stopping => ComputeThread.RunAsync(
                "training", () => Train(store, announcer, stopping), options.Threads ?? Environment.ProcessorCount, options.Niceness),
            announcer.RunAsync,
        ], ct);
    }

    void Train(ReplayStore store, EncoderAnnouncer announcer, CancellationToken ct)
    {
        using var trainer = Trainer.Open(options, recipe, store, registry, report, announcer.Announce);
        WaitingFor = null;
        trainer.Run(ct);
    }
}
