using Microsoft.Extensions.Configuration;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Settings;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>Topics on brokers that do not take what we would set.</summary>
public sealed class TopicOptionsTests
{
    static KafkaOptions Read(params (string Key, string? Value)[] settings) =>
        KafkaOptions.From(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Kafka:{s.Key}", s.Value)))
            .AddInMemoryCollection([KeyValuePair.Create("Kafka:BootstrapServers", (string?)"127.0.0.1:1")]).Build());

    [Fact]
    public void A_setting_is_changed_or_left_out_where_a_topic_has_it()
    {
        var options = Read(("Topics:Settings", "max.message.bytes=1000012; segment.bytes="), ("Topics:Partitions", "6"),
            ("Topics:ReplicationFactor", "3")).Topics;
        var topics = TopicSetup.All().Select(options.Apply).ToDictionary(t => t.Name);
        Assert.Equal("1000012", topics[Topics.AudioRaw].Configs["max.message.bytes"]);
        Assert.Equal((6, 3), (topics[Topics.AudioRaw].NumPartitions, (int)topics[Topics.AudioRaw].ReplicationFactor));
        Assert.Equal(1, topics[Topics.Encoders].NumPartitions);
        Assert.Equal(["cleanup.policy", "retention.ms", "segment.ms"], topics[Topics.AudioStreams].Configs.Keys.Order());
        Assert.DoesNotContain("max.message.bytes", topics[Topics.AudioStreams].Configs.Keys);
    }

    [Theory]
    [InlineData("Topics:Settings", "max.mesage.bytes=1", "max.mesage.bytes")]
    [InlineData("Topics:Setings", "x", "Kafka:Topics:Setings")]
    [InlineData("Topics:Partitions", "many", "Kafka:Topics:Partitions")]
    public void A_wrong_setting_is_named(string key, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidSettingException>(() => Read((key, value))).Message);

    [Fact]
    public async Task A_topic_that_the_broker_refuses_is_named_with_its_setting_and_the_remedy()
    {
        await using var kafka = await RealKafka.StartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        KafkaClients Clients(string settings) => new(
            new() { BootstrapServers = kafka.BootstrapServers, Topics = new() { Settings = settings } }, new RememberedLog());
        using (var refused = Clients("segment.bytes=1"))
        {
            var error = await Assert.ThrowsAsync<InvalidSettingException>(() => refused.EnsureTopicsAsync(TopicSetup.All(), limit.Token));
            foreach (var expected in new[] { Topics.AudioStreams, "segment.bytes=1", "docs/topics.md", "Kafka:Topics:Settings" })
                Assert.Contains(expected, error.Message);
        }
        using var clients = Clients("segment.bytes=");
        await clients.EnsureTopicsAsync(TopicSetup.All(), limit.Token);
        Assert.Contains("cleanup.policy=compact,delete", await kafka.ToolAsync("configs", "--describe", "--topic", Topics.AudioStreams));
    }

    [Fact]
    public void The_page_for_administrators_has_every_topic_and_setting()
    {
        var page = File.ReadAllLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "topics.md"));
        foreach (var topic in TopicSetup.All())
        {
            var line = Assert.Single(page, l => l.StartsWith($"| `{topic.Name}` |", StringComparison.Ordinal));
            Assert.All(topic.Configs, c => Assert.Contains($"`{c.Key}={c.Value}`", line));
        }
    }
}
