using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Makes the Kafka clients of a process: one shared idempotent producer, a consumer for whoever reads. Thread-safe.</summary>
public sealed class KafkaClients : IDisposable
{
    static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan SayAgainAfter = TimeSpan.FromSeconds(30);

    readonly Lazy<IProducer<byte[]?, byte[]?>> producer;
    readonly ILogger logger;
    readonly ConcurrentDictionary<ErrorCode, DateTime> said = new();

    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    public KafkaClients(KafkaOptions options, ILoggerFactory loggers)
    {
        Options = options;
        logger = loggers.CreateLogger<KafkaClients>();
        producer = new(() => MakeProducer(options));
        CheckSettings(options);
        if (options.Embedded)
            KafkaLog.EmbeddedInUse(logger, options.BootstrapServers);
    }

    public KafkaOptions Options { get; }

    /// <summary>Idempotent, acknowledged by all replicas in sync.</summary>
    public IProducer<byte[]?, byte[]?> Producer => producer.Value;

    public IConsumer<byte[]?, byte[]?> CreateConsumer(
        string groupId, TimeSpan? sessionTimeout = null, Action<ConsumerBuilder<byte[]?, byte[]?>>? configure = null)
    {
        var config = Options.ToConsumerConfig(groupId);
        if (config.GroupProtocol != GroupProtocol.Consumer) // there the broker decides
            config.SessionTimeoutMs ??= (int?)sessionTimeout?.TotalMilliseconds;
        return Make(config, configure);
    }

    /// <summary>For one who looks back: it joins no group, commits nothing, and is told where a partition ends.</summary>
    internal IConsumer<byte[]?, byte[]?> CreateReader()
    {
        var config = Options.ToConsumerConfig($"ssl-tail-{Guid.NewGuid():N}");
        config.EnablePartitionEof = true;
        return Make(config);
    }

    /// <summary>Creates missing topics, waiting up to a minute for the broker. The embedded broker has its own from the start.</summary>
    /// <exception cref="TimeoutException">No broker answered in time, or it refused to the end; says why.</exception>
    public async Task EnsureTopicsAsync(IEnumerable<TopicSpecification> topics, CancellationToken ct)
    {
        if (Options.Embedded)
            return;
        using var admin = new AdminClientBuilder(Options.ToAdminConfig()).SetLogHandler(Forward).SetErrorHandler(Report).Build();
        await new TopicCreation(admin, Options.BootstrapServers, logger).RunAsync([.. topics], ct);
    }

    public void Dispose()
    {
        if (!producer.IsValueCreated)
            return;
        producer.Value.Flush(FlushLimit);
        producer.Value.Dispose();
    }

    /// <summary>Building a client is how librdkafka checks names and values.</summary>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    internal static void CheckSettings(KafkaOptions options)
    {
        try
        {
            using var admin = new AdminClientBuilder(options.ToAdminConfig())
                .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(options.ToConsumerConfig("ssl-settings"))
                .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new InvalidSettingException(options.Explain($"Kafka: {e.Message}"));
        }
    }

    IProducer<byte[]?, byte[]?> MakeProducer(KafkaOptions options) =>
        new ProducerBuilder<byte[]?, byte[]?>(options.ToProducerConfig()).SetLogHandler(Forward).SetErrorHandler(Report).Build();

    IConsumer<byte[]?, byte[]?> Make(ConsumerConfig config, Action<ConsumerBuilder<byte[]?, byte[]?>>? configure = null)
    {
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler(Forward).SetErrorHandler(Report);
        configure?.Invoke(builder);
        return builder.Build();
    }

    void Forward(IClient _, LogMessage message) => KafkaLog.Librdkafka(logger, message.Name, message.Message);

    /// <summary>librdkafka retries by itself; a wrong password or an unknown host is still worth a line now and then.</summary>
    void Report(IClient _, Error error)
    {
        if (error.IsFatal)
        {
            KafkaLog.Fatal(logger, error.Reason);
            return;
        }
        if (error.Code == ErrorCode.Local_AllBrokersDown) // each of them has been reported
            return;
        var now = DateTime.UtcNow;
        if (said.TryGetValue(error.Code, out var last) && now - last < SayAgainAfter)
            return;
        said[error.Code] = now;
        KafkaLog.BrokerTrouble(logger, Options.BootstrapServers, error.Reason);
    }
}
