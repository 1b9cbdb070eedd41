using Prometheus;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Ingest;

/// <summary>Metrics of Ingest.</summary>
static class IngestMetrics
{
    public static readonly Counter Messages = Metrics.CreateCounter("ssl_ingest_messages_total",
        "Messages of audio.raw by what became of them: segmented, silent, rejected, repeated (used before a restart).", "result")
        .AtZero("segmented", "silent", "rejected", "repeated");

    public static readonly Counter Rejected = Metrics.CreateCounter(
        "ssl_ingest_rejected_total", "Messages that could not be read, by reason.", "reason")
        .AtZero([.. KnownSeries.ValuesOf<RejectReason>(), "missing_key", "oversized_key", "out_of_order", DeadLetters.Failed]);

    public static readonly Counter Truncated = Metrics.CreateCounter(
        "ssl_ingest_truncated_total", "Clips whose end is missing, used up to there.");

    public static readonly Counter Faults = Metrics.CreateCounter(
        "ssl_ingest_audio_faults_total",
        "Clips, and segments of streams, with something wrong that was repaired or tolerated, by what it was.", "fault")
        .AtZero(KnownSeries.ValuesOf<AudioFaults>().Skip(1)); // none

    public static readonly Counter AudioSeconds = Metrics.CreateCounter(
        "ssl_ingest_audio_seconds_total", "Audio in the segments produced, in seconds.");

    public static readonly Counter Segments = Metrics.CreateCounter("ssl_ingest_segments_total", "Segments produced.");

    public static readonly Histogram ProcessingSeconds = Metrics.CreateHistogram(
        "ssl_ingest_processing_seconds", "Time to decode and cut one message, in seconds.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0005, 2, 14) });

    public static T Timed<T>(Func<T> work)
    {
        using (ProcessingSeconds.NewTimer())
            return work();
    }

    public static async Task<T> TimedAsync<T>(Func<Task<T>> work)
    {
        using (ProcessingSeconds.NewTimer())
            return await work();
    }
}
