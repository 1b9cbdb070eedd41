using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>What holds on the embedded broker holds on Apache Kafka, and what only Apache Kafka has.</summary>
public sealed class RealBrokerTests(RealKafkaFixture fixture) : IClassFixture<RealKafkaFixture>, IDisposable
{
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    CancellationToken Ct => limit.Token;

    public void Dispose() => limit.Dispose();

    [Fact]
    public async Task A_follower_that_comes_before_the_topic_does_not_make_it_and_the_topic_is_compacted()
    {
        await using var kafka = await RealKafka.StartAsync();
        using var clients = TestClients.Of(kafka);
        var following = AnnouncementFollower.FollowAsync(clients, Topics.Encoders, Ct).GetAsyncEnumerator(Ct);
        var first = following.MoveNextAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4), Ct);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4), Ct); // again, as every service does
        foreach (var topic in new[] { Topics.Encoders, Topics.Recognizers, Topics.AudioLabeled })
            Assert.Contains("cleanup.policy=compact", await kafka.ToolAsync("configs", "--describe", "--topic", topic));
        await clients.SendAsync(Topics.Encoders, "announced", ct: Ct);
        Assert.True(await first);
        Assert.Equal("announced", following.Current.Text());
        await following.DisposeAsync();
    }

    [Fact]
    public async Task The_end_of_a_topic_is_read_over_offsets_at_which_there_is_no_message()
    {
        await using var kafka = await RealKafka.StartAsync();
        using var clients = TestClients.Of(kafka);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 1), Ct);
        var config = new ProducerConfig { BootstrapServers = kafka.BootstrapServers, TransactionalId = "writer" };
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(config).Build())
        {
            producer.InitTransactions(TimeSpan.FromSeconds(30));
            foreach (var text in new[] { "m0", "m1" }) // behind each message lies the mark of its transaction
            {
                producer.BeginTransaction();
                await producer.ProduceAsync(Topics.AudioSegments, TestClients.Message(text), Ct);
                producer.CommitTransaction();
            }
        }
        using var tail = new TopicTail(clients, Topics.AudioSegments);
        var held = Assert.Single(tail.Partitions(Ct));
        Assert.Equal(new OffsetRange(0, 0, 4), held);
        Assert.Equal(["m0", "m1"], tail.Read(held, Ct).Select(m => m.Text()));
        Assert.Equal(["m0"], tail.Read(held with { End = 2 }, Ct).Select(m => m.Text()));
    }

    [Fact]
    public async Task A_killed_broker_loses_nothing_that_was_acknowledged_and_no_committed_offset()
    {
        await using var kafka = await RealKafka.StartAsync();
        using var clients = TestClients.Of(kafka);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4), Ct);
        for (var i = 0; i < 6; i++)
            await clients.SendAsync(Topics.AudioSegments, $"m{i}", ct: Ct);
        await using (var first = clients.Loop("group", Topics.AudioSegments, capacity: 2))
        {
            foreach (var message in (await first.TakeAsync(6, Ct)).Where(m => m.Text() != "m3"))
                first.Done(message);
        }
        await kafka.KillAsync();
        await using var second = clients.Loop("group", Topics.AudioSegments); // waits for the broker
        var late = clients.SendAsync(Topics.AudioSegments, "m6", ct: Ct);
        await kafka.UpAsync();
        var taken = await second.TakeAsync(4, Ct);
        Assert.Equal(["m3", "m4", "m5", "m6"], taken.Select(m => m.Text()));
        await late;
        foreach (var message in taken)
            second.Done(message);

        await kafka.StopAsync(); // under a loop that reads
        var latest = clients.SendAsync(Topics.AudioSegments, "m7", ct: Ct);
        await kafka.UpAsync();
        await latest;
        string text;
        do
            text = (await second.TakeAsync(1, Ct)).Single().Text(); // what the stop kept from being committed may come again
        while (text != "m7");
    }

    [Theory]
    [InlineData("partition.assignment.strategy", "cooperative-sticky")]
    [InlineData("partition.assignment.strategy", "range")]
    [InlineData("group.protocol", "consumer")] // KIP-848
    public async Task A_second_member_takes_over_where_the_first_was_done(string setting, string value)
    {
        using var clients = TestClients.Of(await fixture.StartedAsync(), (setting, value));
        var topic = await NewTopicAsync(clients);
        for (var i = 0; i < 40; i++)
            await clients.SendAsync(topic, $"{i}", partition: i % 4, ct: Ct);
        await Rebalancing.SecondMemberTakesOver(clients, $"group of {topic}", topic, 40, Ct);
    }

    [Fact]
    public async Task A_member_whose_identity_was_taken_ends_with_an_exception()
    {
        using var clients = TestClients.Of(await fixture.StartedAsync(), ("group.instance.id", "one and only"));
        var topic = await NewTopicAsync(clients);
        await clients.SendAsync(topic, "m", ct: Ct);
        await using var first = clients.Loop($"group of {topic}", topic);
        await first.TakeAsync(1, Ct);
        await using var second = clients.Loop($"group of {topic}", topic);
        await second.TakeAsync(1, Ct);
        var failure = await Assert.ThrowsAnyAsync<KafkaException>(() => first.TakeAsync(1, Ct));
        Assert.True(failure.Error.IsFatal, failure.Message);
    }

    [Fact]
    public async Task A_message_of_nine_megabytes_passes()
    {
        using var clients = TestClients.Of(await fixture.StartedAsync());
        var topic = await NewTopicAsync(clients);
        using var pacer = new DownstreamPacer(clients, topic, ["nobody"]); // a real broker keeps what is not read
        for (var i = 0; i < 2; i++)
            await pacer.ProduceAsync(new Message<byte[]?, byte[]?> { Value = new byte[9_000_000] }, Ct);
        await using var loop = clients.Loop($"group of {topic}", topic);
        Assert.All(await loop.TakeAsync(2, Ct), m => Assert.Equal(9_000_000, m.Value!.Length));
    }

    [Fact]
    public async Task A_topic_that_was_made_without_compaction_is_named()
    {
        var kafka = await fixture.StartedAsync();
        using var plain = TestClients.Of(kafka);
        var name = $"models.{Guid.NewGuid():N}";
        var topic = new TopicSpecification { Name = name, NumPartitions = 1, ReplicationFactor = 1 };
        await plain.EnsureTopicsAsync([topic], Ct);
        using var log = new RememberedLog();
        using var clients = new KafkaClients(plain.Options, log);
        topic.Configs = new() { ["cleanup.policy"] = "compact" };
        await clients.EnsureTopicsAsync([topic], Ct);
        Assert.Contains(log.Lines, line =>
            line.Contains(name, StringComparison.Ordinal) && line.Contains("no compaction", StringComparison.Ordinal));
    }

    async Task<string> NewTopicAsync(KafkaClients clients)
    {
        var name = $"test.{Guid.NewGuid():N}";
        var largeMessages = new Dictionary<string, string> { ["max.message.bytes"] = "10485760" };
        await clients.EnsureTopicsAsync(
            [new TopicSpecification { Name = name, NumPartitions = 4, ReplicationFactor = 1, Configs = largeMessages }], Ct);
        return name;
    }
}
