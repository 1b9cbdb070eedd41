using Ssl.Learner.Intake;
using Ssl.Learner.Publishing;
using Ssl.Learner.Replay;
using Ssl.Learner.Training;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner;

/// <summary>Stores the segments of the topic, trains on them in one thread, announces the versions published.</summary>
sealed class LearnerService(
    TrainingSetup setup, TorchOptions torch, KafkaClients clients, LearningSwitch learning, IHostApplicationLifetime lifetime,
    ILogger<LearnerService> logger)
    : HostedLoop(lifetime, logger), IReadiness
{
    static readonly TimeSpan PauseLook = TimeSpan.FromSeconds(10);

    public string Name => "learner";

    /// <inheritdoc/>
    public string? WaitingFor { get; private set; } = "its replay store and checkpoint to be open";

    protected override async Task RunAsync(CancellationToken ct)
    {
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        var (options, report) = (setup.Options, setup.Report);
        using var store = new ReplayStore(options.ReplayPath, options.Replay, report.Clock);
        DiskMetrics.Watch("replay", options.ReplayPath);
        if (store.RepairedBytes > 0)
            logger.ReplayRepaired(store.RepairedBytes);
        TorchRuntime.Initialize(torch);
        var announcer = new EncoderAnnouncer(clients, setup.Registry, logger);
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
        using var trainer = new Trainer(setup, store, announcer.Announce);
        WaitingFor = null;
        while (!ct.IsCancellationRequested)
        {
            trainer.Run(_ => learning.IsPaused, ct); // a pause saves a checkpoint, as the end does
            do
                learning.WaitWhilePaused(PauseLook, ct);
            while (learning.IsPaused && !ct.IsCancellationRequested);
        }
    }
}
