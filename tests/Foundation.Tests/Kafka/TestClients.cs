using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>Clients and loops of the tests, on either broker.</summary>
static class TestClients
{
    public static KafkaClients Of(EmbeddedKafka kafka) =>
        new(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);

    public static KafkaClients Of(RealKafka kafka, params (string Name, string Value)[] settings)
    {
        var named = settings.ToDictionary(s => s.Name, s => s.Value);
        return new(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Settings = named }, NullLoggerFactory.Instance);
    }

    public static ConsumerLoop Loop(this KafkaClients clients, string group, string topic, int capacity = 64) =>
        new(clients, group, topic, new() { Capacity = capacity }, new LoopHeartbeat(TimeProvider.System), NullLogger.Instance);

    public static Message<byte[]?, byte[]?> Message(string text, string? key = null) =>
        new() { Key = key is null ? null : Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(text) };

    public static Task SendAsync(
        this KafkaClients clients, string topic, string text, int? partition = null, CancellationToken ct = default) =>
        partition is { } chosen
            ? clients.Producer.ProduceAsync(new TopicPartition(topic, chosen), Message(text), ct)
            : clients.Producer.ProduceAsync(topic, Message(text, "one stream"), ct);

    public static string Text(this ConsumedMessage message) => Encoding.UTF8.GetString(message.Value!);

    /// <summary>The next messages of a loop, in the order in which they came.</summary>
    public static async Task<List<ConsumedMessage>> TakeAsync(this ConsumerLoop loop, int count, CancellationToken ct)
    {
        var taken = new List<ConsumedMessage>();
        await foreach (var message in loop.ReadAllAsync(ct))
        {
            taken.Add(message);
            if (taken.Count == count)
                break;
        }
        return taken;
    }
}
