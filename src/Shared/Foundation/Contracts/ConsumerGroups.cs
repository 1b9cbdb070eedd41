namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Kafka consumer groups, one a service; their committed offsets say how far each has durably come.</summary>
public static class ConsumerGroups
{
    public const string Ingest = "ssl-ingest";
    public const string Learner = "ssl-learner";
    public const string Transcriber = "ssl-transcriber";
}
