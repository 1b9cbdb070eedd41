using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Creates missing topics, waits for a broker that is starting, and reports topics with an unsuitable configuration.</summary>
sealed class TopicCreation(IAdminClient admin, string servers, ILogger logger)
{
    const string CleanupPolicy = "cleanup.policy";
    const string Compact = "compact";
    static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <exception cref="TimeoutException">Not within a minute; says why.</exception>
    /// <exception cref="InvalidSettingException">The broker refuses a topic as it is to be.</exception>
    public async Task RunAsync(TopicSpecification[] topics, CancellationToken ct)
    {
        var deadline = DateTime.UtcNow + Limit;
        for (var wait = FirstWait; await TryCreateAsync(topics, ct) is { } problem; wait = wait < MaxWait ? wait * 2 : MaxWait)
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"Kafka:BootstrapServers: no topics at {servers} within {Limit.TotalSeconds:0} s: {problem}");
            Log.BrokerNotReady(logger, servers, problem);
            await Task.Delay(wait, ct);
        }
        await ReportUncompactedAsync([.. topics.Where(IsCompacted).Select(t => t.Name)], ct);
    }

    /// <summary>Null when all are there, else what keeps one from it.</summary>
    async Task<string?> TryCreateAsync(TopicSpecification[] topics, CancellationToken ct)
    {
        try
        {
            var creating = new CreateTopicsOptions { RequestTimeout = RequestLimit, OperationTimeout = RequestLimit };
            await admin.CreateTopicsAsync(topics, creating).WaitAsync(ct);
            return null;
        }
        catch (CreateTopicsException e)
        {
            var open = e.Results.Where(r => r.Error.Code is not (ErrorCode.NoError or ErrorCode.TopicAlreadyExists)).ToArray();
            if (open.Where(r => r.Error.Code is ErrorCode.InvalidConfig or ErrorCode.PolicyViolation or ErrorCode.InvalidPartitions)
                .ToArray() is { Length: > 0 } refused)
                throw Refusal(topics, refused);
            var reasons = string.Join("; ", open.Select(r => $"{r.Topic}: {r.Error.Reason}"));
            if (!open.Any(r => r.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed))
                return open.Length == 0 ? null : reasons;
            Log.TopicsNotAllowed(logger, reasons); // an administrator made them, or will
            return null;
        }
        catch (KafkaException e)
        {
            return e.Error.Reason;
        }
    }

    /// <summary>Waiting does not help: the broker's rules forbid what is asked.</summary>
    static InvalidSettingException Refusal(TopicSpecification[] topics, CreateTopicReport[] refused)
    {
        var named = refused.Select(r => (r.Error.Reason, Topic: topics.Single(t => t.Name == r.Topic))).Select(r =>
            $"{r.Topic.Name} ({string.Join(", ", r.Topic.Configs.Select(c => $"{c.Key}={c.Value}").Prepend(
                $"{r.Topic.NumPartitions} partitions"))}): {r.Reason}");
        return new InvalidSettingException($"the broker refuses to create {string.Join("; ", named)}. Create it beforehand as "
            + $"docs/topics.md says, or set {KafkaOptions.Section}:Topics:Settings to NAME=VALUE (NAME= leaves a setting to the broker), "
            + $"{KafkaOptions.Section}:Topics:Partitions or {KafkaOptions.Section}:Topics:ReplicationFactor");
    }

    /// <summary>Somebody else made it, or the broker by itself when a client asked for it; that is not changed here.</summary>
    async Task ReportUncompactedAsync(string[] topics, CancellationToken ct)
    {
        if (topics.Length == 0)
            return;
        try
        {
            var resources = topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t });
            var describing = new DescribeConfigsOptions { RequestTimeout = RequestLimit };
            foreach (var found in await admin.DescribeConfigsAsync(resources, describing).WaitAsync(ct))
            {
                if (found.Entries.TryGetValue(CleanupPolicy, out var policy) && !policy.Value.Contains(Compact, StringComparison.Ordinal))
                    Log.NotCompacted(logger, found.ConfigResource.Name, policy.Value);
            }
        }
        catch (KafkaException)
        {
            // Not allowed to look: nothing to say.
        }
    }

    static bool IsCompacted(TopicSpecification topic) => topic.Configs?.GetValueOrDefault(CleanupPolicy) == Compact;
}
