using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Kafka;

/// <summary>What the users of docs/topics.md may do on Apache Kafka with TLS, SASL/SCRAM and ACLs, and what they are told (S8).</summary>
public sealed class RightsTests(RightsTests.SecuredBroker broker) : IClassFixture<RightsTests.SecuredBroker>, IDisposable
{
    const string Nobody = "nobody";
    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

    CancellationToken Ct => limit.Token;

    public void Dispose() => limit.Dispose();

    public static TheoryData<string> Users => new(KafkaRights.Documented.Select(r => r.User));

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_writes_the_topics_of_its_role_and_is_refused_at_every_other(string user)
    {
        using var clients = await broker.ClientsAsync(user);
        foreach (var topic in TopicSetup.All().Select(t => t.Name))
        {
            if (KafkaRights.Of(user).Writes.Contains(topic))
            {
                await clients.DeliverAsync(topic, TestClients.Message("allowed", "key"), Ct);
                continue;
            }
            var refused = await Assert.ThrowsAsync<ProduceException<byte[]?, byte[]?>>(() =>
                clients.DeliverAsync(topic, TestClients.Message("refused", "key"), Ct));
            Assert.Equal(ErrorCode.TopicAuthorizationFailed, refused.Error.Code);
            Assert.StartsWith($"the right Write on the topic {topic} is missing", refused.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_reads_the_topics_of_its_role_and_is_refused_at_every_other(string user)
    {
        using var clients = await broker.ClientsAsync(user);
        var rights = KafkaRights.Of(user);
        foreach (var topic in TopicSetup.All().Select(t => t.Name))
        {
            using var consumer = clients.CreateConsumer(rights.Groups.FirstOrDefault("ssl-none"), partitionEof: true);
            if (rights.Reads.Contains(topic))
                Assert.NotNull(First(consumer, topic));
            else
            {
                var refused = Assert.ThrowsAny<KafkaException>(() => First(consumer, topic));
                var isOfRights = refused.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed;
                Assert.True(isOfRights, refused.Message);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_user_joins_the_groups_of_its_role_and_no_other(string user)
    {
        using var clients = await broker.ClientsAsync(user);
        var rights = KafkaRights.Of(user);
        foreach (var group in KafkaRights.Documented.SelectMany(r => r.Groups).Distinct())
        {
            using var consumer = clients.CreateConsumer(group.Replace("*", "1", StringComparison.Ordinal));
            consumer.Subscribe(rights.Reads.FirstOrDefault(Topics.AudioRaw));
            if (rights.Groups.Contains(group))
                Joined(consumer);
            else
                Assert.Equal(ErrorCode.GroupAuthorizationFailed, Assert.Throws<ConsumeException>(() => Joined(consumer)).Error.Code);
        }
    }

    [Fact]
    public async Task Who_has_no_rights_is_told_which_are_missing()
    {
        using var log = new RememberedLog();
        using var clients = await broker.ClientsAsync(Nobody, log);
        await using var loop = new ConsumerLoop(
            clients, ConsumerGroups.Ingest, Topics.AudioRaw, new(), new LoopHeartbeat(TimeProvider.System), log);
        var following = AnnouncementFollower.FollowAsync(clients, Topics.Control, Ct).GetAsyncEnumerator(Ct);
        var first = following.MoveNextAsync().AsTask();
        using var tail = new TopicTail(clients, Topics.AudioLabeled);
        Assert.Contains("the right Read on the topic audio.labeled is missing",
            Assert.ThrowsAny<KafkaException>(() => tail.Partitions(Ct)).Message);
        await UntilLoggedAsync("Reading audio.raw: the right Read on ", "is missing for the user of Kafka:SaslUsername");
        await UntilLoggedAsync("control: the right Read on the topic control is missing");
        await clients.EnsureTopicsAsync(TopicSetup.All(), Ct);
        await UntilLoggedAsync("Not allowed to create topics (the right Create", "audio.raw");
        await limit.CancelAsync();
        await Task.WhenAny(first);
        await following.DisposeAsync();

        async Task UntilLoggedAsync(params string[] parts)
        {
            while (!log.Lines.Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))))
                await Task.Delay(100, Ct);
        }
    }

    [Fact]
    public async Task Without_TLS_or_with_a_wrong_password_nobody_gets_in()
    {
        var kafka = await broker.StartedAsync();
        (string, string)[] wrong = [("sasl.password", "wrong"), ("security.protocol", "SASL_PLAINTEXT"), ("ssl.ca.location", "")];
        foreach (var (setting, value) in wrong)
        {
            var settings = broker.Security.SettingsOf("ingest");
            if (value.Length == 0)
                settings.Remove(setting); // then the machine's own authorities, who do not know ours
            else
                settings[setting] = value;
            using var clients = new KafkaClients(
                new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Settings = settings }, NullLoggerFactory.Instance);
            Assert.ThrowsAny<KafkaException>(() => clients.Ask(TimeSpan.FromSeconds(3)));
        }
    }

    void Joined(IConsumer<byte[]?, byte[]?> consumer)
    {
        while (consumer.Assignment.Count == 0)
        {
            Ct.ThrowIfCancellationRequested();
            consumer.Consume(TimeSpan.FromSeconds(1));
        }
        consumer.Close();
    }

    /// <summary>The first message, or the end.</summary>
    ConsumeResult<byte[]?, byte[]?> First(IConsumer<byte[]?, byte[]?> consumer, string topic)
    {
        Assert.Single(MissingRight.PartitionsOf(topic, consumer, TimeSpan.FromSeconds(30)));
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        for (var attempt = 0; attempt < 60; attempt++)
        {
            Ct.ThrowIfCancellationRequested();
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } result)
                return result;
        }
        throw new TimeoutException($"neither a message of {topic} nor a refusal came");
    }

    /// <summary>One broker for the class, with the documented users, their rights, and one user without any.</summary>
    public sealed class SecuredBroker : IAsyncLifetime
    {
        readonly SemaphoreSlim turn = new(1, 1);
        RealKafka? kafka;

        public KafkaSecurity Security { get; } = new([Nobody, .. KafkaRights.Documented.Select(r => r.User)]);

        public async Task<RealKafka> StartedAsync()
        {
            await turn.WaitAsync();
            try
            {
                return kafka ??= await StartAsync();
            }
            finally
            {
                turn.Release();
            }
        }

        internal async Task<KafkaClients> ClientsAsync(string user, RememberedLog? log = null) => new(
            new KafkaOptions { BootstrapServers = (await StartedAsync()).BootstrapServers, Settings = Security.SettingsOf(user) },
            log ?? (Microsoft.Extensions.Logging.ILoggerFactory)NullLoggerFactory.Instance);

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            if (kafka is not null)
                await kafka.DisposeAsync();
            Security.Dispose();
            turn.Dispose();
        }

        async Task<RealKafka> StartAsync()
        {
            var started = await RealKafka.StartAsync(Security);
            var options = new KafkaOptions
            {
                BootstrapServers = started.BootstrapServers,
                Settings = Security.SettingsOf(KafkaSecurity.Admin),
            };
            using var clients = new KafkaClients(options, NullLoggerFactory.Instance);
            await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 1), CancellationToken.None);
            using var admin = started.AdminClient();
            await KafkaRights.GrantAsync(admin, KafkaRights.Documented);
            return started;
        }
    }
}
