namespace Ssl.Shared.Foundation.Contracts;

/// <summary>Kafka consumer groups, one a service; their committed offsets say how far each has durably come.</summary>
public static class ConsumerGroups
{
    public const string Ingest = "ssl-ingest";
    public const string Learner = "ssl-learner";
    public const string Transcriber = "ssl-transcriber";
    /// <summary>On <c>models.encoders</c>, which has one partition: the member that holds it fine-tunes, the others stand by.</summary>
    public const string Tuning = "ssl-tuning";
}
