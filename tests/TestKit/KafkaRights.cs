using System.Text.RegularExpressions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Ssl.TestKit;

/// <summary>The rights of a service as docs/topics.md lists them.</summary>
/// <param name="Groups">Names; one that ends with <c>*</c> stands for all that begin so.</param>
public sealed partial record KafkaRights(string User, string[] Reads, string[] Writes, string[] Groups)
{
    /// <summary>One of each row of the table: <c>ingest</c>, <c>learner</c>, <c>tune</c>, <c>serve</c>, <c>publisher</c>.</summary>
    public static IReadOnlyList<KafkaRights> Documented { get; } =
        [.. File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "docs", "topics.md"))
            .SkipWhile(line => !line.StartsWith("| user |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(Row)];

    public static KafkaRights Of(string user) => Documented.Single(r => r.User == user);

    /// <summary>Lets the users have these rights and no others.</summary>
    public static async Task GrantAsync(IAdminClient admin, IEnumerable<KafkaRights> rights) =>
        await admin.CreateAclsAsync(rights.SelectMany(r => r.Bindings()));

    IEnumerable<AclBinding> Bindings() =>
    [
        .. Reads.Select(topic => Binding(ResourceType.Topic, topic, AclOperation.Read)),
        .. Writes.Select(topic => Binding(ResourceType.Topic, topic, AclOperation.Write)),
        .. Groups.Select(group => Binding(ResourceType.Group, group, AclOperation.Read)),
    ];

    AclBinding Binding(ResourceType type, string name, AclOperation operation) => new()
    {
        Pattern = new ResourcePattern
        {
            Type = type,
            Name = name.TrimEnd('*'),
            ResourcePatternType = name.EndsWith('*') ? ResourcePatternType.Prefixed : ResourcePatternType.Literal,
        },
        Entry = new AccessControlEntry
        {
            Principal = $"User:{User}",
            Host = "*",
            Operation = operation,
            PermissionType = AclPermissionType.Allow,
        },
    };

    static KafkaRights Row(string line)
    {
        var cells = line.Split('|').Select(cell => Name().Matches(cell).Select(m => m.Groups[1].Value).ToArray()).ToArray();
        return new KafkaRights(cells[1][0], cells[3], cells[4], cells[5]);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
