using Microsoft.Extensions.Configuration;
using Ssl.Cli.Diagnosis;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Diagnosis;

/// <summary><c>ssl doctor --role</c> as the user of a service, on an Apache Kafka with ACLs.</summary>
public sealed class DoctorRightsTests
{
    public static TheoryData<string> Services => new(KafkaRights.Documented.Select(r => r.User).Where(user => user != "publisher"));

    [Theory]
    [MemberData(nameof(Services))]
    public void The_rights_that_are_looked_for_are_the_documented_ones(string user)
    {
        var (sought, documented) = (ServiceRights.Of(Role(user)), KafkaRights.Of(user));
        Assert.Equivalent(documented.Reads, sought.Reads, strict: true);
        Assert.Equivalent(documented.Writes, sought.Writes, strict: true);
        Assert.Equivalent(documented.Groups, sought.Groups, strict: true);
    }

    [Fact]
    public async Task A_user_with_the_rights_of_a_service_is_well_and_a_missing_right_is_a_fault()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        using var security = new KafkaSecurity(["ingest", "tune"]);
        await using var kafka = await RealKafka.StartAsync(security);
        using var admin = kafka.AdminClient();
        await admin.CreateTopicsAsync(TopicSetup.All(partitions: 1).Select(new TopicOptions { ReplicationFactor = 1 }.Apply));
        await KafkaRights.GrantAsync(admin, [KafkaRights.Of("ingest"), Without(KafkaRights.Of("tune"), Topics.Recognizers, "ssl-tail-*")]);

        var well = await LookAsync("ingest");
        Assert.All(well, finding => Assert.Equal(FindingLevel.Ok, finding.Level));
        Assert.Contains("all 4 are there", well[^1].Text); // and none of the topics of others
        Assert.Equal(["group ssl-tail-*: this user may not read with it", "topic models.recognizers: this user may not write it"],
            (await LookAsync("tune")).Where(f => f.Level == FindingLevel.Fault).Select(f => $"{f.Check}: {f.Text}").Order());

        async Task<IReadOnlyList<Finding>> LookAsync(string user)
        {
            var settings = security.SettingsOf(user).Select(s => KeyValuePair.Create($"Kafka:{s.Key}", (string?)s.Value));
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(
                settings.Append(KeyValuePair.Create("Kafka:BootstrapServers", (string?)kafka.BootstrapServers))).Build();
            return await new BrokerChecks(configuration, new DataFolder("none"), Role(user)).LookAsync(limit.Token);
        }
    }

    static ServiceRole Role(string user) => Enum.Parse<ServiceRole>(user, ignoreCase: true);

    static KafkaRights Without(KafkaRights rights, string written, string group) =>
        rights with { Writes = [.. rights.Writes.Where(t => t != written)], Groups = [.. rights.Groups.Where(g => g != group)] };
}
