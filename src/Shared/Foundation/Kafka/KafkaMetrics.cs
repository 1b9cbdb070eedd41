using Prometheus;

namespace Ssl.Shared.Foundation.Kafka;

/// <summary>Metrics of reading Kafka, the same in every service.</summary>
static class KafkaMetrics
{
    public static readonly Gauge Lag = Metrics.CreateGauge(
        "ssl_kafka_consumer_lag", "Messages of a partition that are not read yet.", "topic", "partition");

    public static readonly Counter Lost = Metrics.CreateCounter(
        "ssl_kafka_lost_messages_total", "Messages that the embedded broker dropped before they were read.");
}
