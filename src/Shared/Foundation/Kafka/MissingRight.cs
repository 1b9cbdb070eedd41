using Confluent.Kafka;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>
/// A broker's refusal in words that name the right (docs/topics.md): librdkafka says "Topic authorization failed" and no more.
/// </summary>
public static class MissingRight
{
    public const string Read = "Read";
    public const string Write = "Write";

    /// <summary>Any other error stays as it is.</summary>
    /// <param name="group">Consumer group that reads; null: nobody reads.</param>
    public static Error Explain(this Error error, string right, string topic, string? group = null) => error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed => Of(error, $"{right} on the topic {topic}"),
        ErrorCode.GroupAuthorizationFailed => Of(error, $"Read on the consumer group {group ?? "?"}"),
        ErrorCode.ClusterAuthorizationFailed => Of(error, $"to do this on the cluster, and {right} on the topic {topic}"),
        _ => error,
    };

    /// <summary>Partitions of a topic; a question about one that a user may not see would be answered "unknown partition".</summary>
    /// <exception cref="KafkaException">The broker refuses to show the topic, or does not answer.</exception>
    public static IReadOnlyList<PartitionMetadata> PartitionsOf(string topic, IClient client, TimeSpan limit)
    {
        using var admin = new DependentAdminClientBuilder(client.Handle).Build();
        var found = admin.GetMetadata(topic, limit).Topics.Single(t => t.Topic == topic);
        return found.Error.Code == ErrorCode.TopicAuthorizationFailed
            ? throw new KafkaException(found.Error.Explain(Read, topic)) : found.Partitions;
    }

    /// <summary>Asks for what needs the right to read.</summary>
    /// <exception cref="KafkaException">The broker refuses, or does not answer.</exception>
    public static T Reading<T>(string topic, string group, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed)
        {
            throw new KafkaException(e.Error.Explain(Read, topic, group), e);
        }
    }

    static Error Of(Error error, string what) =>
        new(error.Code, $"the right {what} is missing for the user of Kafka:SaslUsername ({error.Reason})", error.IsFatal);
}
