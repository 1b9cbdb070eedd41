using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Kafka;

/// <summary>Makes the Kafka clients of a process: one shared idempotent producer, a consumer for whoever reads. Thread-safe.</summary>
public sealed class KafkaClients : IDisposable
{
    static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan AdminLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan TopicsLimit = TimeSpan.FromSeconds(60);

    readonly Lazy<IProducer<byte[]?, byte[]?>> producer;
    readonly ILogger logger;

    /// <exception cref="Hosting.InvalidSettingException">librdkafka does not know a setting.</exception>
    public KafkaClients(KafkaOptions options, ILoggerFactory loggers)
    {
        Options = options;
        logger = loggers.CreateLogger<KafkaClients>();
        producer = new(() => new ProducerBuilder<byte[]?, byte[]?>(options.ToProducerConfig()).SetLogHandler(Forward).SetErrorHandler(Report).Build());
        CheckSettings();
    }

    public KafkaOptions Options { get; }

    /// <summary>Idempotent, acknowledged by all replicas in sync.</summary>
    public IProducer<byte[]?, byte[]?> Producer => producer.Value;

    public IConsumer<byte[]?, byte[]?> CreateConsumer(string groupId, Action<ConsumerBuilder<byte[]?, byte[]?>>? configure = null)
    {
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(Options.ToConsumerConfig(groupId)).SetLogHandler(Forward).SetErrorHandler(Report);
        configure?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>Creates the topics that are missing, waiting for the broker for up to a minute. The embedded broker has its own from the start.</summary>
    /// <exception cref="TimeoutException">No broker answered in time.</exception>
    public async Task EnsureTopicsAsync(IEnumerable<TopicSpecification> topics, CancellationToken ct)
    {
        if (Options.Embedded)
            return;
        using var admin = new AdminClientBuilder(Options.ToAdminConfig()).SetLogHandler(Forward).SetErrorHandler(Report).Build();
        var deadline = DateTime.UtcNow + TopicsLimit;
        for (var wait = TimeSpan.FromMilliseconds(500); ; wait = wait < TimeSpan.FromSeconds(5) ? wait * 2 : wait)
        {
            try
            {
                await admin.CreateTopicsAsync(topics, new CreateTopicsOptions { RequestTimeout = AdminLimit, OperationTimeout = AdminLimit });
                return;
            }
            catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
            {
                return;
            }
            catch (CreateTopicsException e) when (e.Results.Any(r => r.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed))
            {
                KafkaLog.TopicsNotAllowed(logger, e.Message); // an administrator made them, or will
                return;
            }
            catch (KafkaException e) when (DateTime.UtcNow < deadline)
            {
                KafkaLog.BrokerNotReady(logger, Options.BootstrapServers, e.Error.Reason);
            }
            catch (KafkaException e)
            {
                throw new TimeoutException($"Kafka:BootstrapServers: no broker answered at {Options.BootstrapServers} within {TopicsLimit.TotalSeconds:0} s: {e.Error.Reason}", e);
            }
            await Task.Delay(wait, ct);
        }
    }

    public void Dispose()
    {
        if (!producer.IsValueCreated)
            return;
        producer.Value.Flush(FlushLimit);
        producer.Value.Dispose();
    }

    /// <summary>Building a client is how librdkafka checks names and values; a producer that is never used connects to nothing yet.</summary>
    void CheckSettings()
    {
        try
        {
            using var admin = new AdminClientBuilder(Options.ToAdminConfig()).SetLogHandler((_, _) => { }).Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new Hosting.InvalidSettingException($"Kafka: {e.Message}");
        }
    }

    void Forward(IClient _, LogMessage message) => KafkaLog.Librdkafka(logger, message.Name, message.Message);

    void Report(IClient _, Error error)
    {
        if (error.IsFatal)
            KafkaLog.Fatal(logger, error.Reason);
    }
}
