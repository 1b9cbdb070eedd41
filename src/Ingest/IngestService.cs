using Ssl.Ingest.Clips;
using Ssl.Ingest.Delivery;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Ingest;

/// <summary><c>audio.raw</c> to <c>audio.segments</c>: read, hand each key to its worker, decode, cut, produce, commit.</summary>
sealed class IngestService(IngestOptions options, KafkaClients clients, IngestOutput output, StreamLedger ledger, TimeProvider time, LoopHeartbeat heartbeat, IHostApplicationLifetime lifetime, ILogger<IngestService> logger)
    : HostedLoop(lifetime, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        await clients.EnsureTopicsAsync(TopicSetup.All(), ct);
        await using var consumer = new ConsumerLoop(clients, ConsumerGroups.Ingest, Topics.AudioRaw, new ConsumerLoopOptions(), heartbeat, logger);
        var (clips, gate) = (new ClipProcessor(options.Limits), new FeedGate(time));
        var workers = Enumerable.Range(0, options.Workers)
            .Select(_ => new IngestWorker(clips, new OpenStreams(options, consumer, output, ledger, time), consumer, output, gate, time)).ToArray();
        Log.Started(logger, Topics.AudioRaw, workers.Length);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = workers.Select(worker => Task.Run(() => worker.RunAsync(ending.Token), CancellationToken.None)).ToArray();
        var feeding = FeedAsync(consumer, workers, ending.Token);
        var first = await Task.WhenAny([feeding, .. running]);
        await ending.CancelAsync();
        await Task.WhenAll([feeding, .. running]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first; // whatever ended first says why
    }

    static async Task FeedAsync(ConsumerLoop consumer, IngestWorker[] workers, CancellationToken ct)
    {
        await foreach (var message in consumer.ReadAllAsync(ct))
            await workers[(uint)string.GetHashCode(message.KeyText, StringComparison.Ordinal) % workers.Length].AddAsync(message, ct);
    }
}
