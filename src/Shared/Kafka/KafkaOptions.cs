using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace Ssl.Shared.Kafka;

/// <summary>
/// The section <c>Kafka</c>. Every key but <c>Embedded</c> is passed to librdkafka: <c>SaslMechanism</c> as <c>sasl.mechanism</c>, a name with dots as it is.
/// librdkafka refuses a name or value that it does not know, at start.
/// </summary>
public sealed record KafkaOptions
{
    const string Section = "Kafka";
    const string EmbeddedKey = "Embedded";
    const int LargestMessageBytes = 10 << 20;

    /// <summary>host:port, comma-separated.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>True: librdkafka's mock cluster, which keeps 5 MB a partition and has no topic administration.</summary>
    public bool Embedded { get; init; }

    /// <summary>librdkafka's names and values, beside the bootstrap servers.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <exception cref="Hosting.InvalidSettingException">No broker is named.</exception>
    public static KafkaOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var servers = section[nameof(BootstrapServers)];
        if (string.IsNullOrWhiteSpace(servers))
            throw new Hosting.InvalidSettingException($"{Section}:{nameof(BootstrapServers)} is missing: name the broker as host:port");
        var passed = section.GetChildren().Where(c => c.Value is not null && c.Key is not (nameof(BootstrapServers) or EmbeddedKey));
        return new KafkaOptions
        {
            BootstrapServers = servers,
            Embedded = bool.TryParse(section[EmbeddedKey], out var embedded) && embedded,
            Settings = passed.ToDictionary(c => LibrdkafkaName(c.Key), c => c.Value!),
        };
    }

    internal ProducerConfig ToProducerConfig()
    {
        var config = Fill(new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageMaxBytes = LargestMessageBytes,
            LingerMs = 5,
            MessageTimeoutMs = 120_000,
        });
        return config;
    }

    internal ConsumerConfig ToConsumerConfig(string groupId) => Fill(new ConsumerConfig
    {
        GroupId = groupId,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoOffsetStore = false,
        EnableAutoCommit = true,
        AutoCommitIntervalMs = 1000,
        EnablePartitionEof = false,
        MaxPartitionFetchBytes = LargestMessageBytes,
        QueuedMaxMessagesKbytes = 32 << 10,
    });

    internal AdminClientConfig ToAdminConfig() => Fill(new AdminClientConfig());

    T Fill<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        foreach (var (name, value) in Settings)
            config.Set(name, value);
        return config;
    }

    static string LibrdkafkaName(string key)
    {
        if (key.Contains('.', StringComparison.Ordinal))
            return key;
        var name = new StringBuilder();
        foreach (var letter in key)
        {
            if (char.IsUpper(letter) && name.Length > 0)
                name.Append('.');
            name.Append(char.ToLowerInvariant(letter));
        }
        return name.ToString();
    }
}
