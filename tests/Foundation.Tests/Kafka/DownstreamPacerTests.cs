using Confluent.Kafka;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class DownstreamPacerTests : IDisposable
{
    const int Messages = 60;
    const int MessageBytes = 300_000; // 18 MB on one partition that holds 5

    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(120));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly KafkaClients clients;

    public DownstreamPacerTests() => clients = TestClients.Of(kafka);

    CancellationToken Ct => limit.Token;

    public void Dispose()
    {
        clients.Dispose();
        kafka.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task The_embedded_broker_drops_nothing_from_a_slow_reader()
    {
        using var pacer = Pacer(ConsumerGroups.Learner);
        var producing = ProduceAsync(pacer, 0, Messages);
        Assert.Equal(Enumerable.Range(0, Messages), await ReadSlowlyAsync(Messages));
        await producing;
    }

    [Fact]
    public async Task Two_writers_that_do_not_know_each_other_drop_nothing_either()
    {
        using var otherProcess = TestClients.Of(kafka);
        using var one = Pacer(ConsumerGroups.Learner);
        using var other = new DownstreamPacer(otherProcess, Topics.AudioSegments, [ConsumerGroups.Learner]);
        var producing = Task.WhenAll(ProduceAsync(one, 0, Messages), ProduceAsync(other, 1000, Messages));
        int[] expected = [.. Enumerable.Range(0, Messages), .. Enumerable.Range(1000, Messages)];
        Assert.Equal(expected, (await ReadSlowlyAsync(2 * Messages)).Order());
        await producing;
    }

    [Fact]
    public async Task The_largest_messages_arrive_and_larger_ones_are_refused()
    {
        using var pacer = Pacer(ConsumerGroups.Learner);
        var tooLarge = new Message<byte[]?, byte[]?> { Value = new byte[pacer.LargestMessageBytes + 1] };
        await Assert.ThrowsAsync<ArgumentException>(() => pacer.ProduceAsync(tooLarge, Ct));
        var producing = Task.Run(async () =>
        {
            for (var i = 0; i < 4; i++)
                await pacer.ProduceAsync(new() { Key = "k"u8.ToArray(), Value = new byte[pacer.LargestMessageBytes - 1] }, Ct);
        }, Ct);
        await using var loop = clients.Loop(ConsumerGroups.Learner, Topics.AudioSegments);
        var read = 0;
        await foreach (var message in loop.ReadAllAsync(Ct))
        {
            Assert.Equal((read, pacer.LargestMessageBytes - 1), (message.Offset, message.Value!.Length));
            loop.Done(message);
            if (++read == 4)
                break;
        }
        await producing;
    }

    [Fact]
    public async Task A_reader_that_is_not_running_is_named()
    {
        await using var loop = clients.Loop(ConsumerGroups.Learner, Topics.AudioSegments);
        string[] groups = [ConsumerGroups.Learner, ConsumerGroups.Transcriber];
        using var pacer = new DownstreamPacer(clients, Topics.AudioSegments, groups) { FirstCommitLimit = TimeSpan.FromSeconds(6) };
        var producing = ProduceAsync(pacer, 0, Messages);
        foreach (var message in await loop.TakeAsync(3, Ct))
            loop.Done(message);
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => producing);
        Assert.Contains(ConsumerGroups.Transcriber, failure.Message);
        Assert.DoesNotContain(ConsumerGroups.Learner, failure.Message);
    }

    [Fact]
    public async Task A_reader_that_stands_still_is_not_waited_for_without_end()
    {
        await using var loop = clients.Loop(ConsumerGroups.Learner, Topics.AudioSegments);
        string[] groups = [ConsumerGroups.Learner];
        using var pacer = new DownstreamPacer(clients, Topics.AudioSegments, groups) { StandstillLimit = TimeSpan.FromSeconds(4) };
        var producing = ProduceAsync(pacer, 0, Messages);
        foreach (var message in await loop.TakeAsync(3, Ct))
            loop.Done(message);
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => producing);
        Assert.Contains("made no room", failure.Message);
    }

    DownstreamPacer Pacer(string group) => new(clients, Topics.AudioSegments, [group]);

    Task ProduceAsync(DownstreamPacer pacer, int first, int count) => Task.Run(async () =>
    {
        for (var i = first; i < first + count; i++)
            await pacer.ProduceAsync(
                new() { Key = "k"u8.ToArray(), Value = [.. BitConverter.GetBytes(i), .. new byte[MessageBytes]] }, Ct);
    }, Ct);

    async Task<List<int>> ReadSlowlyAsync(int count)
    {
        await using var loop = clients.Loop(ConsumerGroups.Learner, Topics.AudioSegments, capacity: 2);
        var read = new List<int>();
        await foreach (var message in loop.ReadAllAsync(Ct))
        {
            await Task.Delay(20, Ct);
            read.Add(BitConverter.ToInt32(message.Value!));
            loop.Done(message);
            if (read.Count == count)
                break;
        }
        return read;
    }
}
