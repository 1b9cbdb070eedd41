using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Ssl.Cli.Street;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Cli.Diagnosis;

/// <summary>The broker of the settings, or of the running <c>ssl up</c>: whether it answers, its topics, and the rights on them.</summary>
sealed class BrokerChecks(IConfiguration configuration, DataFolder data, ServiceRole role)
{
    const string Servers = "Kafka:BootstrapServers";
    const string MaxMessageBytes = "max.message.bytes";
    const string NameOne = $"--{Servers}=HOST:9092 names yours";
    const string Grant = "docs/topics.md says which rights a service needs, and how they are granted";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken ct)
    {
        if (Options() is not { } options)
            return
            [
                role == ServiceRole.All
                    ? Finding.Warning("broker", "none is named: `ssl up` starts one of its own, which is for trying it out only", NameOne)
                    : Finding.Fault("broker", "none is named", NameOne),
            ];
        using var heard = new RecentWarnings(TimeProvider.System); // the client knows why a broker does not answer
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(heard));
        using var clients = new KafkaClients(options, loggers);
        using var admin = clients.CreateAdmin();
        Metadata found;
        try
        {
            found = await Task.Run(() => admin.GetMetadata(Patience), ct);
        }
        catch (KafkaException e)
        {
            return
            [
                Finding.Fault("broker", $"{options.BootstrapServers} does not answer: {heard.Last ?? e.Error.Reason}",
                    $"start it, or correct {Servers}; behind TLS or SASL also Kafka:SecurityProtocol and the like"),
            ];
        }
        var count = found.Brokers.Count;
        var broker = Finding.Ok("broker", $"{options.BootstrapServers}: {count} broker{(count == 1 ? "" : "s")}");
        return options.Embedded ? [broker] : [broker, .. await TopicsAsync(admin, options, ct)];
    }

    KafkaOptions? Options() =>
        !string.IsNullOrEmpty(configuration[Servers]) ? KafkaOptions.From(configuration)
        : role == ServiceRole.All && File.Exists(data.BrokerAddress) ? BrokerAddress.Find(null, data).ToOptions() : null;

    async Task<IReadOnlyList<Finding>> TopicsAsync(IAdminClient admin, KafkaOptions options, CancellationToken ct)
    {
        var rights = ServiceRights.Of(role);
        var wanted = TopicSetup.All().Where(t => rights.AllTopics.Contains(t.Name)).ToArray();
        var described = await DescribeAsync(admin, [.. wanted.Select(t => t.Name)], ct);
        var there = described.Where(t => !t.Error.IsError).ToArray();
        List<Finding> findings = [.. described.Where(t => t.Error.IsError).Select(t => Missing(t, options.Topics.Create))];
        findings.AddRange(there.SelectMany(topic => Rights(topic, rights)));
        findings.AddRange(await SettingsAsync(admin, [.. there.Select(t => wanted.Single(w => w.Name == t.Name))], ct));
        if (role != ServiceRole.All)
            findings.AddRange(await GroupsAsync(admin, rights.Groups, ct));
        if (findings.Count == 0)
            findings.Add(Finding.Ok("topics", $"all {there.Length} are there, with the rights and settings that they need"));
        return findings;
    }

    static async Task<IReadOnlyList<TopicDescription>> DescribeAsync(IAdminClient admin, string[] names, CancellationToken ct)
    {
        try
        {
            var asked = new DescribeTopicsOptions { IncludeAuthorizedOperations = true, RequestTimeout = Patience };
            return (await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(names), asked).WaitAsync(ct)).TopicDescriptions;
        }
        catch (DescribeTopicsException e)
        {
            return e.Results.TopicDescriptions;
        }
    }

    Finding Missing(TopicDescription topic, bool creates) => (topic.Error.Code, creates) switch
    {
        (ErrorCode.UnknownTopicOrPart, true) => Finding.Ok($"topic {topic.Name}", "not there yet; a service creates it"),
        (ErrorCode.UnknownTopicOrPart, false) => Finding.Fault($"topic {topic.Name}", "not there, and Kafka:Topics:Create is false",
            "create it as docs/topics.md says"),
        _ => NotAllowed($"topic {topic.Name}", topic.Error.Reason),
    };

    IEnumerable<Finding> Rights(TopicDescription topic, ServiceRights rights)
    {
        AclOperation[] needed =
        [
            .. rights.Reads.Contains(topic.Name) ? [AclOperation.Read] : Array.Empty<AclOperation>(),
            .. rights.Writes.Contains(topic.Name) ? [AclOperation.Write] : Array.Empty<AclOperation>(),
        ];
        return needed.Except(topic.AuthorizedOperations ?? []).Select(operation =>
            NotAllowed($"topic {topic.Name}", $"this user may not {operation.ToString().ToLowerInvariant()} it"));
    }

    /// <summary>A group that nobody has joined yet is described as well, as dead.</summary>
    async Task<IReadOnlyList<Finding>> GroupsAsync(IAdminClient admin, string[] groups, CancellationToken ct)
    {
        var names = groups.Select(group => group.Replace("*", "doctor", StringComparison.Ordinal)).ToArray();
        var asked = new DescribeConsumerGroupsOptions { IncludeAuthorizedOperations = true, RequestTimeout = Patience };
        List<ConsumerGroupDescription> described;
        try
        {
            described = (await admin.DescribeConsumerGroupsAsync(names, asked).WaitAsync(ct)).ConsumerGroupDescriptions;
        }
        catch (DescribeConsumerGroupsException e)
        {
            described = e.Results.ConsumerGroupDescriptions;
        }
        return [.. names.Zip(groups).Where(n => described.Single(d => d.GroupId == n.First) is var found
            && (found.Error.Code == ErrorCode.GroupAuthorizationFailed
                || (!found.Error.IsError && found.AuthorizedOperations?.Contains(AclOperation.Read) == false)))
            .Select(n => NotAllowed($"group {n.Second}", "this user may not read with it"))];
    }

    /// <summary>Looked at for all services, one user may be that of one of them alone, so a right that is missing is no fault.</summary>
    Finding NotAllowed(string check, string text) => role == ServiceRole.All
        ? Finding.Warning(check, text, $"right for a service that does not need it: {Grant}") : Finding.Fault(check, text, Grant);

    static async Task<IReadOnlyList<Finding>> SettingsAsync(IAdminClient admin, TopicSpecification[] topics, CancellationToken ct)
    {
        try
        {
            var asked = topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t.Name });
            var found = await admin.DescribeConfigsAsync(asked, new DescribeConfigsOptions { RequestTimeout = Patience }).WaitAsync(ct);
            return [.. found.SelectMany(f => Differing(f, topics.Single(t => t.Name == f.ConfigResource.Name)))];
        }
        catch (KafkaException)
        {
            return []; // not allowed to look
        }
    }

    static IEnumerable<Finding> Differing(DescribeConfigsResult found, TopicSpecification wanted)
    {
        var (name, entries) = ($"topic {wanted.Name}", found.Entries);
        var policy = wanted.Configs.GetValueOrDefault("cleanup.policy");
        if (policy is not null && entries["cleanup.policy"].Value is var set && !set.Contains("compact", StringComparison.Ordinal))
            yield return Finding.Fault(name, $"cleanup.policy is {set}: what is kept in it is lost after its retention",
                $"kafka-configs.sh --alter --entity-type topics --entity-name {wanted.Name} --add-config cleanup.policy={policy}");
        if (wanted.Configs.GetValueOrDefault(MaxMessageBytes) is { } least && entries[MaxMessageBytes].Value is var limit
            && long.Parse(limit) < long.Parse(least))
            yield return Finding.Warning(name, $"{MaxMessageBytes} is {limit}: longer recordings are refused by the broker",
                $"{MaxMessageBytes}={least}");
    }
}
