using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Contracts;
using Ssl.Shared.Hosting;
using Ssl.Shared.Kafka;
using Ssl.TestKit;

namespace Ssl.Shared.Tests.Kafka;

public sealed class ConsumerLoopTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    readonly CancellationTokenSource limit = new(Limit);

    [Fact]
    public async Task The_embedded_broker_resumes_after_the_last_contiguous_message_that_was_done()
    {
        using var embedded = EmbeddedKafka.Start();
        using var clients = new KafkaClients(new KafkaOptions { BootstrapServers = embedded.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        await ResumesAfterContiguousPrefix(clients);
    }

    [Fact]
    public async Task A_real_broker_resumes_after_the_last_contiguous_message_that_was_done()
    {
        await using var kafka = await RealKafka.StartAsync();
        using var clients = new KafkaClients(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, NullLoggerFactory.Instance);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4, replicas: 1), limit.Token);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4, replicas: 1), limit.Token);
        Assert.Contains("cleanup.policy=compact", await kafka.ToolAsync("configs", "--describe", "--topic", Topics.Encoders));
        await ResumesAfterContiguousPrefix(clients);
        await kafka.KillAsync();
        await kafka.UpAsync();
        Assert.Equal(["m3", "m4", "m5"], await ReadAsync(clients, count: 3, done: _ => true));
    }

    [Fact]
    public async Task A_setting_that_librdkafka_does_not_know_is_named()
    {
        var options = new KafkaOptions { BootstrapServers = "127.0.0.1:1", Settings = new Dictionary<string, string> { ["sasl.mechanisn"] = "PLAIN" } };
        var refused = Assert.Throws<InvalidSettingException>(() => new KafkaClients(options, NullLoggerFactory.Instance));
        Assert.Contains("sasl.mechanisn", refused.Message);
        await Task.CompletedTask;
    }

    async Task ResumesAfterContiguousPrefix(KafkaClients clients)
    {
        for (var i = 0; i < 6; i++)
            await clients.Producer.ProduceAsync(Topics.AudioSegments, new Message<byte[]?, byte[]?> { Key = "one stream"u8.ToArray(), Value = Encoding.UTF8.GetBytes($"m{i}") }, limit.Token);
        Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5"], await ReadAsync(clients, count: 6, done: text => text is not "m3"));
        Assert.Equal(["m3", "m4", "m5"], await ReadAsync(clients, count: 3, done: _ => false));
    }

    async Task<List<string>> ReadAsync(KafkaClients clients, int count, Func<string, bool> done)
    {
        await using var loop = new ConsumerLoop(clients, "test-group", Topics.AudioSegments, new ConsumerLoopOptions { Capacity = 2 }, new LoopHeartbeat(TimeProvider.System), NullLogger.Instance);
        var read = new List<ConsumedMessage>();
        await foreach (var message in loop.ReadAllAsync(limit.Token))
        {
            read.Add(message);
            if (read.Count == count)
                break;
        }
        foreach (var message in read.AsEnumerable().Reverse().Where(m => done(Encoding.UTF8.GetString(m.Value!))))
            loop.Done(message);
        return [.. read.Select(m => Encoding.UTF8.GetString(m.Value!))];
    }
}
