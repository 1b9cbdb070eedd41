using System.ComponentModel.DataAnnotations;
using Confluent.Kafka.Admin;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Options under <c>Kafka:Topics</c>: how missing topics are created. Those that are there stay as they are.</summary>
public sealed record TopicOptions : IValidatableObject
{
    /// <summary>False: an administrator creates the topics (docs/topics.md).</summary>
    public bool Create { get; init; } = true;

    /// <summary>Partitions of the audio topics and of transcripts; -1: the broker's default. The others have one.</summary>
    [Range(-1, 10_000)]
    public int Partitions { get; init; } = -1;

    /// <summary>Copies of each partition; -1: the broker's default.</summary>
    [Range(-1, 100)]
    public short ReplicationFactor { get; init; } = -1;

    /// <summary>
    /// Settings of topics that a broker refuses, with the values that it takes: <c>max.message.bytes=8388608;segment.bytes=</c>. Without a
    /// value a setting is left to the broker. Each applies to those topics that have it in docs/topics.md.
    /// </summary>
    public string Settings { get; init; } = "";

    /// <summary>The topic as these options want it.</summary>
    public TopicSpecification Apply(TopicSpecification topic)
    {
        var configs = new Dictionary<string, string>(topic.Configs ?? []);
        foreach (var (name, value) in Pairs().Where(p => configs.ContainsKey(p.Name)))
        {
            if (value.Length > 0)
                configs[name] = value;
            else
                configs.Remove(name);
        }
        return new TopicSpecification
        {
            Name = topic.Name,
            NumPartitions = topic.NumPartitions > 0 ? topic.NumPartitions : Partitions,
            ReplicationFactor = topic.ReplicationFactor > 0 ? topic.ReplicationFactor : ReplicationFactor,
            Configs = configs,
        };
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var known = TopicSetup.All().SelectMany(t => t.Configs.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        foreach (var (name, _) in Pairs().Where(p => !known.Contains(p.Name)))
            yield return new ValidationResult(
                $"'{name}' is no setting that a topic of ours has; written NAME=VALUE;NAME=VALUE there are: {string.Join(", ", known)}",
                [nameof(Settings)]);
    }

    IEnumerable<(string Name, string Value)> Pairs() =>
        Settings.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries))
            .Select(pair => (pair[0], pair.Length > 1 ? pair[1] : ""));
}
