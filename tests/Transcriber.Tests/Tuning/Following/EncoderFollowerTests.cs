using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.Following;

namespace Ssl.Transcriber.Tests.Tuning.Following;

public sealed class EncoderFollowerTests
{
    [Fact]
    public async Task Announcements_that_cannot_be_handled_are_passed_over()
    {
        using var folder = new TemporaryFolder();
        using var kafka = EmbeddedKafka.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var clients = new KafkaClients(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true }, NullLoggerFactory.Instance);
        var registry = new ModelRegistry(
            new RegistryOptions { Path = folder.Path }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var version = registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = "healthy" }, registry.AcquireEpoch("learner"),
            f => File.WriteAllText(Path.Combine(f, "config.json"), "{}"));
        foreach (var text in new[] { "no JSON", "null", "{}", Announcement(999_999), Announcement(-1), Announcement(version.Number) })
            await clients.DeliverAsync(Topics.Encoders, new() { Value = Encoding.UTF8.GetBytes(text), Headers = [] }, limit.Token);

        var mailbox = new EncoderMailbox();
        await using var loop = new ConsumerLoop(
            clients, ConsumerGroups.Tuning, Topics.Encoders, new(), new LoopHeartbeat(TimeProvider.System), NullLogger.Instance);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var following = new EncoderFollower(mailbox, registry, NullLogger<EncoderFollower>.Instance).RunAsync(loop, ending.Token);
        Assert.Equal(version.Number, await Task.Run(() => mailbox.Newest(0, TimeSpan.FromSeconds(30), limit.Token)));
        await ending.CancelAsync();
        await Task.WhenAny(following);
    }

    static string Announcement(int number) => JsonSerializer.Serialize(
        new EncoderAnnouncement { Number = number, Created = default, AudioSecondsTrained = 0, Steps = 0, Epoch = 1 },
        ContractJson.Default.EncoderAnnouncement);
}
