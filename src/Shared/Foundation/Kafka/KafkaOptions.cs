using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// The section <c>Kafka</c>. A key that is no property is passed to librdkafka, a dotted name as it is; librdkafka refuses unknown names
/// and values at start.
/// </summary>
public sealed record KafkaOptions
{
    internal const string Section = "Kafka";
    internal const int LargestMessageBytes = 10 << 20;

    /// <summary>What at-least-once delivery rests on; not for a user to change.</summary>
    static readonly string[] Ours =
    [
        "group.id", "enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "enable.idempotence",
        "dotnet.producer.enable.delivery.reports", "dotnet.producer.delivery.report.fields",
    ];

    /// <summary>
    /// The brokers: host:port, comma-separated. Any other key of the section goes to librdkafka: <c>Kafka:SaslMechanism</c> is its
    /// <c>sasl.mechanism</c>.
    /// </summary>
    public required string BootstrapServers { get; init; }

    /// <summary>True: librdkafka's mock cluster, which keeps 5 MB a partition and has no topic administration.</summary>
    public bool Embedded { get; init; }

    /// <summary>librdkafka's names and values, beside the bootstrap servers.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public TopicOptions Topics { get; init; } = new();

    /// <exception cref="InvalidSettingException">No broker is named, or a setting is not one.</exception>
    public static KafkaOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var servers = section[nameof(BootstrapServers)];
        if (string.IsNullOrWhiteSpace(servers))
            throw new InvalidSettingException($"{Section}:{nameof(BootstrapServers)} is missing: name the broker as host:port");
        var embedded = false;
        if (section[nameof(Embedded)] is { } text && !bool.TryParse(text, out embedded))
            throw new InvalidSettingException($"{Section}:{nameof(Embedded)} is '{text}': it is true or false");
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] ours = [nameof(BootstrapServers), nameof(Embedded), nameof(Topics)];
        foreach (var child in section.GetChildren().Where(c => !ours.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
            settings[Name(child)] = child.Value!;
        var topics = ValidatedOptions.Read<TopicOptions>(configuration, $"{Section}:{nameof(Topics)}");
        return new KafkaOptions { BootstrapServers = servers, Embedded = embedded, Settings = settings, Topics = topics };
    }

    internal ProducerConfig ToProducerConfig() => Fill(new ProducerConfig
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        MessageMaxBytes = LargestMessageBytes,
        LingerMs = 5,
        MessageTimeoutMs = 120_000,
    });

    internal ConsumerConfig ToConsumerConfig(string groupId)
    {
        var config = Fill(new ConsumerConfig
        {
            GroupId = groupId,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoOffsetStore = false,
            EnableAutoCommit = true,
            AutoCommitIntervalMs = 1000,
            MaxPartitionFetchBytes = LargestMessageBytes,
            QueuedMaxMessagesKbytes = 32 << 10,
        });
        // A killed member's partitions wait for its session to end, and so does a member that comes back after its broker: 6 s is the
        // least that brokers accept by default (group.min.session.timeout.ms).
        if (config.GroupProtocol != GroupProtocol.Consumer) // there the broker decides
        {
            config.SessionTimeoutMs ??= 6_000;
            config.HeartbeatIntervalMs ??= config.SessionTimeoutMs / 3;
        }
        // A member that stays keeps its partitions and what it was doing with them when another comes or goes. The embedded broker
        // does not notice that a cooperative member has left before its session is over.
        if (!Embedded && config.GroupProtocol != GroupProtocol.Consumer)
            config.PartitionAssignmentStrategy ??= PartitionAssignmentStrategy.CooperativeSticky;
        return config;
    }

    internal AdminClientConfig ToAdminConfig() => Fill(new AdminClientConfig());

    /// <summary>What librdkafka says of a name that it does not know, and the nearest that it does.</summary>
    internal string Explain(string message)
    {
        var wrong = Settings.Keys.FirstOrDefault(name => message.Contains($"\"{name}\"", StringComparison.Ordinal));
        return wrong is null || !message.Contains("No such configuration property", StringComparison.OrdinalIgnoreCase)
            ? message
            : $"{Section}: there is no setting {wrong}{NearestName.Hint(wrong, KnownNames())}";
    }

    T Fill<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        config.ReconnectBackoffMaxMs = 1_000; // librdkafka's 10 s would pass after a broker is back
        foreach (var (name, value) in Settings)
            config.Set(name, value);
        return config;
    }

    static string Name(IConfigurationSection setting)
    {
        if (setting.Value is null)
            throw new InvalidSettingException(
                $"there is no section {setting.Path}: settings of Kafka are written {Section}:SaslMechanism or {Section}:sasl.mechanism");
        var name = LibrdkafkaName(setting.Key);
        return !Ours.Contains(name)
            ? name
            : throw new InvalidSettingException($"{setting.Path} cannot be set: that nothing is lost depends on it");
    }

    static IEnumerable<string> KnownNames() =>
        new[] { typeof(ConsumerConfig), typeof(ProducerConfig) }.SelectMany(t => t.GetProperties()).Where(p => p.CanWrite)
            .Select(p => LibrdkafkaName(p.Name)).Distinct();

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
