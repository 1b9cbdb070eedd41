using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Transcriber.Tuning.Promotion;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

public sealed class AliasAnnouncerTests
{
    [Fact]
    public async Task An_alias_that_was_removed_under_another_leader_is_announced_as_gone()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var kafka = EmbeddedKafka.Start();
        using var clients = new KafkaClients(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        using var test = new TestRegistry();
        var version = test.PublishChampion(test.Registry.AcquireEpoch("transcriber"));
        var levers = new OperatorLevers(test.Registry, "ann");
        Assert.True(levers.Pin(new ModelId(ModelId.DefaultLine, null, version), "for the trial").Done);
        await Announcer().AnnounceAsync(limit.Token); // the former leader, which is gone
        Assert.True(levers.Unpin(ModelId.DefaultLine, "it is over").Done);

        var leads = false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var following = Announcer().FollowAsync(() => leads, TimeProvider.System, ended.Token);
        var latest = new Dictionary<string, byte[]?>();
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Recognizers, limit.Token))
        {
            latest[message.KeyText] = message.Value;
            leads |= latest.ContainsKey(ModelId.Pin);
            if (latest.TryGetValue(ModelId.Pin, out var value) && value is null)
                break;
        }
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.NotNull(latest[ModelId.Champion]);

        AliasAnnouncer Announcer() => new(clients, test.Registry, NullLogger<AliasAnnouncer>.Instance);
    }
}
