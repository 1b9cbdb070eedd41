using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Foundation.Tests.Kafka;

public sealed class AnnouncementFollowerTests
{
    [Fact]
    public async Task Everything_is_seen_from_the_beginning_and_across_an_outage()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var kafka = EmbeddedKafka.Start();
        using var clients = TestClients.Of(kafka);
        foreach (var text in new[] { "first", "second" })
            await clients.SendAsync(Topics.Encoders, text, ct: limit.Token);
        var seen = new List<string>();
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Encoders, limit.Token))
        {
            seen.Add(message.Text());
            if (seen.Count == 2)
            {
                kafka.Down();
                await Task.Delay(1000, limit.Token);
                kafka.Up();
                await clients.SendAsync(Topics.Encoders, "third", ct: limit.Token);
            }
            if (seen.Count == 3)
                break;
        }
        Assert.Equal(["first", "second", "third"], seen);
    }

    [Fact]
    public async Task Cancelling_ends_it_without_an_exception()
    {
        using var kafka = EmbeddedKafka.Start();
        using var clients = TestClients.Of(kafka);
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await foreach (var _ in AnnouncementFollower.FollowAsync(clients, Topics.Encoders, soon.Token))
            Assert.Fail("nothing was announced");
    }
}
