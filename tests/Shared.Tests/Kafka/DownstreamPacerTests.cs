using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Contracts;
using Ssl.Shared.Hosting;
using Ssl.Shared.Kafka;

namespace Ssl.Shared.Tests.Kafka;

public sealed class DownstreamPacerTests
{
    const int Messages = 60;
    const int MessageBytes = 300_000; // 18 MB on one partition that holds 5

    [Fact]
    public async Task The_embedded_broker_drops_nothing_from_a_slow_reader()
    {
        var ct = new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;
        using var embedded = EmbeddedKafka.Start();
        using var clients = new KafkaClients(new KafkaOptions { BootstrapServers = embedded.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        using var pacer = new DownstreamPacer(clients, Topics.AudioSegments, [ConsumerGroups.Learner]);
        var producing = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
                await pacer.ProduceAsync(new Message<byte[]?, byte[]?> { Key = "k"u8.ToArray(), Value = [.. BitConverter.GetBytes(i), .. new byte[MessageBytes]] }, ct);
        }, ct);
        await using var loop = new ConsumerLoop(clients, ConsumerGroups.Learner, Topics.AudioSegments, new ConsumerLoopOptions { Capacity = 2 }, new LoopHeartbeat(TimeProvider.System), NullLogger.Instance);
        var read = new List<int>();
        await foreach (var message in loop.ReadAllAsync(ct))
        {
            await Task.Delay(20, ct);
            read.Add(BitConverter.ToInt32(message.Value!));
            loop.Done(message);
            if (read.Count == Messages)
                break;
        }
        await producing;
        Assert.Equal(Enumerable.Range(0, Messages), read);
    }

    [Fact]
    public async Task A_follower_sees_everything_from_the_beginning()
    {
        var ct = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;
        using var embedded = EmbeddedKafka.Start();
        using var clients = new KafkaClients(new KafkaOptions { BootstrapServers = embedded.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        foreach (var text in new[] { "first", "second" })
            await clients.Producer.ProduceAsync(Topics.Encoders, new Message<byte[]?, byte[]?> { Value = Encoding.UTF8.GetBytes(text) }, ct);
        var seen = new List<string>();
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Encoders, ct))
        {
            seen.Add(Encoding.UTF8.GetString(message.Value!));
            if (seen.Count == 2)
                await clients.Producer.ProduceAsync(Topics.Encoders, new Message<byte[]?, byte[]?> { Value = "third"u8.ToArray() }, ct);
            if (seen.Count == 3)
                break;
        }
        Assert.Equal(["first", "second", "third"], seen);
    }
}
