using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest;

/// <summary><c>audio.raw</c> to <c>audio.segments</c>: read, hand each key to its worker, decode, cut, produce, commit.</summary>
sealed class IngestService(
    IngestOptions options, IngestStages stages, KafkaClients clients, IngestOutput output,
    TimeProvider clock, LoopHeartbeat heartbeat, IHostApplicationLifetime lifetime, ILogger<IngestService> logger)
    : HostedLoop(lifetime, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        using var log = new ProgressLog(clients);
        var (ledger, clips) = (new StreamLedger(log), new ClipLedger(log));
        using var ends = new TopicEnds(clients, Topics.AudioRaw, ConsumerGroups.Ingest);
        var reading = new ConsumerLoopOptions { ReportsEnds = true };
        await using var consumer = new ConsumerLoop(clients, ConsumerGroups.Ingest, Topics.AudioRaw, reading, heartbeat, logger);
        IngestWorker Worker(int _) => new(
            stages, new OpenStreams(options, stages, consumer, output, ledger, clock), clips, consumer, output, ends, clock);
        IngestWorker[] workers = [.. Enumerable.Range(0, options.Workers).Select(Worker)];
        logger.Started(Topics.AudioRaw, workers.Length);
        var working = workers.Select(w => (Func<CancellationToken, Task>)w.RunAsync);
        await Stages.RunAsync([stopping => FeedAsync(consumer, workers, stopping), .. working], ct);
    }

    static async Task FeedAsync(ConsumerLoop consumer, IngestWorker[] workers, CancellationToken ct)
    {
        await foreach (var message in consumer.ReadAllAsync(ct))
        {
            if (!message.IsPartitionEnd)
                await workers[(uint)string.GetHashCode(message.KeyText, StringComparison.Ordinal) % workers.Length].AddAsync(message, ct);
            else
                Array.ForEach(workers, worker => worker.Reach(message)); // not queued: a busy worker must not keep the others waiting
        }
    }
}
