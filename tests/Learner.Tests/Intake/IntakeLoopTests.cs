using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Learner.Intake;
using Ssl.Learner.Replay;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Learner.Tests.Intake;

public sealed class IntakeLoopTests
{
    [Fact]
    public async Task A_segment_that_cannot_be_stored_goes_to_the_dead_letters_and_its_partition_goes_on()
    {
        using var folder = new TemporaryFolder();
        using var kafka = EmbeddedKafka.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var clients = new KafkaClients(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        using var store = new ReplayStore(folder.Path, new ReplayOptions(), TimeProvider.System);
        AudioSegment[] segments =
        [
            Segments.Numbered(1),
            Segments.Numbered(2) with { StreamId = new string('x', 70_000) }, // its record's length is 16 bits: storing it throws
            Segments.Numbered(3) with { Pcm = new byte[5] },
            Segments.Numbered(4),
        ];
        foreach (var segment in segments)
            await clients.DeliverAsync(Topics.AudioSegments, SegmentMessages.ToMessage(segment), limit.Token, partition: 1);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var loop = new IntakeLoop(clients, store, new LoopHeartbeat(TimeProvider.System), NullLogger.Instance).RunAsync(ending.Token);
        var reasons = new List<string>();
        await foreach (var letter in AnnouncementFollower.FollowAsync(clients, Topics.AudioSegmentsDeadLetters, limit.Token))
        {
            Assert.Equal((Topics.AudioSegments, 1, reasons.Count + 1L), letter.Origin);
            Assert.Equal(ConsumerGroups.Learner, letter.Header(MessageHeaders.FailedConsumer));
            reasons.Add(letter.Header(MessageHeaders.FailureReason)!);
            if (reasons.Count == 2)
                break;
        }
        Assert.StartsWith("failed: OverflowException", reasons[0]);
        Assert.StartsWith("unreadable: 5 bytes", reasons[1]);
        while (store.Catalogue.Count < 2 && !loop.IsCompleted)
            await Task.Delay(50, limit.Token);
        Assert.Equal(2, store.Catalogue.Count);
        await ending.CancelAsync();
        await Task.WhenAny(loop);
    }
}
