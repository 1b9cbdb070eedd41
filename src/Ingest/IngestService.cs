using Ssl.Ingest.Clips;
using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest;

/// <summary><c>audio.raw</c> to <c>audio.segments</c>: read, hand each key to its worker, decode, cut, produce, commit.</summary>
sealed class IngestService(
    IngestOptions options, KafkaClients clients, IngestOutput output, StreamLedger ledger,
    TimeProvider clock, LoopHeartbeat heartbeat, IHostApplicationLifetime lifetime, ILogger<IngestService> logger)
    : HostedLoop(lifetime, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        await using var consumer = new ConsumerLoop(clients, ConsumerGroups.Ingest, Topics.AudioRaw, new ConsumerLoopOptions(), heartbeat, logger);
        var (clips, gate) = (new ClipProcessor(options.Limits), new FeedGate(clock));
        IngestWorker[] workers = [.. Enumerable.Range(0, options.Workers)
            .Select(_ => new IngestWorker(clips, new OpenStreams(options, consumer, output, ledger, clock), consumer, output, gate, clock))];
        logger.Started(Topics.AudioRaw, workers.Length);
        await Stages.RunAsync([stopping => FeedAsync(consumer, workers, stopping), .. workers.Select(w => (Func<CancellationToken, Task>)w.RunAsync)], ct);
    }

    static async Task FeedAsync(ConsumerLoop consumer, IngestWorker[] workers, CancellationToken ct)
    {
        await foreach (var message in consumer.ReadAllAsync(ct))
            await workers[(uint)string.GetHashCode(message.KeyText, StringComparison.Ordinal) % workers.Length].AddAsync(message, ct);
    }
}
