using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Makes the Kafka clients of a process: one shared idempotent producer, a consumer for whoever reads. Thread-safe.</summary>
public sealed class KafkaClients : IDisposable
{
    static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    readonly Lazy<IProducer<byte[]?, byte[]?>> producer;
    readonly ILogger logger;
    readonly LastingErrors lasting = new(TimeProvider.System);

    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    public KafkaClients(KafkaOptions options, ILoggerFactory loggers)
    {
        Options = options;
        logger = loggers.CreateLogger<KafkaClients>();
        producer = new(() => new ProducerBuilder<byte[]?, byte[]?>(options.ToProducerConfig())
            .SetLogHandler(Forward).SetErrorHandler(Report).Build());
        CheckSettings(options);
        if (options.Embedded)
            Log.EmbeddedInUse(logger, options.BootstrapServers);
    }

    public KafkaOptions Options { get; }
    /// <summary>Idempotent, acknowledged by all replicas in sync.</summary>
    public IProducer<byte[]?, byte[]?> Producer => producer.Value;

    /// <summary>
    /// Produces and returns when the broker has the message; a broker that is away is waited for, however long the delivery takes.
    /// </summary>
    /// <exception cref="ProduceException{TKey, TValue}">The broker refused the message.</exception>
    public async Task<DeliveryResult<byte[]?, byte[]?>> DeliverAsync(
        string topic, Message<byte[]?, byte[]?> message, CancellationToken ct, int? partition = null)
    {
        while (true)
        {
            try
            {
                return await ProduceAsync(topic, message, ct, partition);
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_MsgTimedOut)
            {
                Log.BrokerTrouble(logger, Options.BootstrapServers, $"{topic}: {e.Error.Reason}; trying again");
            }
        }
    }

    /// <summary>Produces and returns when the broker has the message; a broker that is away for two minutes is an error.</summary>
    /// <exception cref="ProduceException{TKey, TValue}">The broker refused the message, or did not answer.</exception>
    public async Task<DeliveryResult<byte[]?, byte[]?>> ProduceAsync(
        string topic, Message<byte[]?, byte[]?> message, CancellationToken ct, int? partition = null)
    {
        try
        {
            return await Producer.ProduceAsync(new TopicPartition(topic, partition ?? Partition.Any), message, ct);
        }
        catch (ProduceException<byte[]?, byte[]?> e) when (IsRefusal(e))
        {
            throw new ProduceException<byte[]?, byte[]?>(e.Error.Explain(MissingRight.Write, topic), e.DeliveryResult, e);
        }
    }

    /// <summary>
    /// Asks the broker something on a thread of its own; while no broker answers, again every second, however long that takes. What
    /// <paramref name="ask"/> did before it failed must not matter.
    /// </summary>
    /// <param name="topic">That it asks about.</param>
    /// <exception cref="KafkaException">The broker refuses.</exception>
    public async Task AskAsync(string topic, Action ask, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await Task.Run(ask, ct);
                return;
            }
            catch (Exception e) when (e is TimeoutException or KafkaException { Error.IsFatal: false } && !IsRefusal(e))
            {
                SayAtTimes(e is KafkaException kafka ? kafka.Error.Code : ErrorCode.Local_TimedOut, topic, $"{e.Message}; trying again");
                await Task.Delay(AskAgainAfter, ct);
            }
        }
    }

    static bool IsRefusal(Exception e) => e is KafkaException
    {
        Error.Code: ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
            or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication,
    };

    /// <param name="partitionEof">Whether it is told where a partition ends.</param>
    public IConsumer<byte[]?, byte[]?> CreateConsumer(
        string groupId, bool partitionEof = false, Action<ConsumerBuilder<byte[]?, byte[]?>>? configure = null)
    {
        var config = Options.ToConsumerConfig(groupId);
        config.EnablePartitionEof = partitionEof;
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler(Forward).SetErrorHandler(Report);
        configure?.Invoke(builder);
        return builder.Build();
    }

    /// <summary>Creates missing topics, waiting up to a minute for the broker. The embedded broker has its own from the start.</summary>
    /// <exception cref="TimeoutException">No broker answered in time, or it refused to the end; says why.</exception>
    /// <exception cref="InvalidSettingException">The broker refuses a topic as it is to be; names it and its settings.</exception>
    public async Task EnsureTopicsAsync(IEnumerable<TopicSpecification> topics, CancellationToken ct)
    {
        if (Options.Embedded || !Options.Topics.Create)
            return;
        using var admin = CreateAdmin();
        await new TopicCreation(admin, Options.BootstrapServers, logger).RunAsync([.. topics.Select(Options.Topics.Apply)], ct);
    }

    /// <summary>Asks the broker for its metadata.</summary>
    /// <exception cref="KafkaException">No answer in time.</exception>
    internal void Ask(TimeSpan patience)
    {
        using var admin = CreateAdmin();
        admin.GetMetadata(patience);
    }

    /// <summary>For questions about topics and rights; the caller disposes it.</summary>
    public IAdminClient CreateAdmin() =>
        new AdminClientBuilder(Options.ToAdminConfig()).SetLogHandler(Forward).SetErrorHandler(Report).Build();

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

    void Forward(IClient _, LogMessage message) => Log.Librdkafka(logger, message.Name, message.Message);

    /// <summary>librdkafka retries by itself; a wrong password or an unknown host is still logged, every 30 s.</summary>
    void Report(IClient _, Error error)
    {
        if (error.IsFatal)
            Log.Fatal(logger, error.Reason);
        else if (error.Code != ErrorCode.Local_AllBrokersDown) // each of them has been reported
            SayAtTimes(error.Code, topic: "", error.Reason);
    }

    /// <summary>Logs an error that lasts every 30 s.</summary>
    /// <param name="topic">That it is about; empty: the connection.</param>
    internal void SayAtTimes(ErrorCode code, string topic, string reason)
    {
        if (lasting.IsDue(code, topic))
            Log.BrokerTrouble(logger, Options.BootstrapServers, topic.Length > 0 ? $"{topic}: {reason}" : reason);
    }
}
