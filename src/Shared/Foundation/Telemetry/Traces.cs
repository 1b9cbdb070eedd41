using System.Diagnostics;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;

namespace Ssl.Shared.Foundation.Telemetry;

/// <summary>
/// Spans of the street (OpenTelemetry): a message of <c>audio.raw</c>, its segments, their transcripts; a tuning round. Parents travel in
/// the header <c>traceparent</c> (W3C Trace Context). Tags never hold a stream id or a text. Costs nothing while nobody listens.
/// </summary>
public static class Traces
{
    public const string SourceName = "Ssl";

    static readonly ActivitySource Source = new(SourceName);

    /// <summary>The work on one message of a topic, as a child of what its sender named. Null: nobody listens.</summary>
    public static Activity? Consume(ConsumedMessage message)
    {
        ActivityContext.TryParse(message.Header(MessageHeaders.TraceParent), null, isRemote: true, out var parent);
        return Source.StartActivity($"{message.Topic} process", ActivityKind.Consumer, parent)?
            .SetTag("messaging.system", "kafka").SetTag("messaging.destination.name", message.Topic)
            .SetTag("messaging.destination.partition.id", message.Partition).SetTag("messaging.kafka.offset", message.Offset);
    }

    /// <summary>A step of a service's own work.</summary>
    public static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>The <c>traceparent</c> of a message that follows from this one: the present span's, else the message's own.</summary>
    public static string? ParentAfter(ConsumedMessage message) => Activity.Current?.Id ?? message.Header(MessageHeaders.TraceParent);
}
