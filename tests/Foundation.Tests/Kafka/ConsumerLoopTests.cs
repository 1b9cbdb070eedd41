using System.Diagnostics;
using Confluent.Kafka;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>On the embedded broker, whose groups have one member each; more members in <see cref="RealBrokerTests"/>.</summary>
public sealed class ConsumerLoopTests : IDisposable
{
    const string Group = "test-group";

    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly KafkaClients clients;

    public ConsumerLoopTests() => clients = TestClients.Of(kafka);

    CancellationToken Ct => limit.Token;

    public void Dispose()
    {
        clients.Dispose();
        kafka.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Reading_resumes_after_the_last_contiguous_message_that_was_done()
    {
        for (var i = 0; i < 6; i++)
            await clients.SendAsync(Topics.AudioSegments, $"m{i}", ct: Ct);
        await using (var first = clients.Loop(Group, Topics.AudioSegments, capacity: 2))
        {
            var taken = await first.TakeAsync(6, Ct);
            Assert.Equal(["m0", "m1", "m2", "m3", "m4", "m5"], taken.Select(m => m.Text()));
            foreach (var message in taken.AsEnumerable().Reverse().Where(m => m.Text() != "m3"))
                first.Done(message);
        }
        await using var second = clients.Loop(Group, Topics.AudioSegments);
        Assert.Equal(["m3", "m4", "m5"], (await second.TakeAsync(3, Ct)).Select(m => m.Text()));
    }

    [Fact]
    public async Task Work_that_stands_still_stops_the_reading_and_nothing_is_lost_or_out_of_order()
    {
        for (var i = 0; i < 40; i++)
            await clients.SendAsync(Topics.AudioSegments, $"{i}", ct: Ct);
        await using var loop = clients.Loop(Group, Topics.AudioSegments, capacity: 4);
        while (loop.Waiting < 4)
            await Task.Delay(50, Ct);
        await Task.Delay(TimeSpan.FromSeconds(2), Ct); // beyond the short wait before it pauses
        Assert.InRange(loop.Waiting, 4, 5);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}"), (await loop.TakeAsync(40, Ct)).Select(m => m.Text()));
    }

    [Fact]
    public async Task A_broker_that_goes_and_comes_back_is_waited_for()
    {
        await clients.SendAsync(Topics.AudioSegments, "before", ct: Ct);
        await using var loop = clients.Loop(Group, Topics.AudioSegments);
        loop.Done(Assert.Single(await loop.TakeAsync(1, Ct)));
        kafka.Down();
        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
        var late = clients.SendAsync(Topics.AudioSegments, "after", ct: Ct);
        kafka.Up();
        await late;
        Assert.Equal("after", (await loop.TakeAsync(1, Ct)).Single().Text());
    }

    [Fact]
    public async Task Ending_does_not_wait_for_a_broker_that_is_gone()
    {
        await clients.SendAsync(Topics.AudioSegments, "m", ct: Ct);
        var loop = clients.Loop(Group, Topics.AudioSegments);
        loop.Done(Assert.Single(await loop.TakeAsync(1, Ct)));
        kafka.Down();
        var ending = Stopwatch.StartNew();
        await loop.DisposeAsync();
        Assert.True(ending.Elapsed < TimeSpan.FromSeconds(20), $"took {ending.Elapsed}");
    }

    [Fact]
    public async Task Messages_dropped_before_they_were_read_are_counted()
    {
        const int sent = 24;
        for (var i = 0; i < sent; i++) // 12 MB on a partition that keeps 5
            await clients.Producer.ProduceAsync(new TopicPartition(Topics.AudioSegments, 0), new() { Value = new byte[500_000] }, Ct);
        var before = KafkaMetrics.Lost.Value;
        await using var loop = clients.Loop(Group, Topics.AudioSegments);
        var first = (await loop.TakeAsync(1, Ct)).Single().Offset;
        Assert.InRange(first, 10, sent - 1);
        Assert.True(KafkaMetrics.Lost.Value - before >= first, $"{KafkaMetrics.Lost.Value - before} counted, {first} lost");
    }
}
