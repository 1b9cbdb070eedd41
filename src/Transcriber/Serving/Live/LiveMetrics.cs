using Prometheus;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>All metrics of live sessions. Labels come from fixed sets.</summary>
static class LiveMetrics
{
    static readonly double[] DelayBuckets = Histogram.ExponentialBuckets(0.025, 2, 10); // 25 ms to 13 s

    public static readonly Gauge Sessions = Metrics.CreateGauge("ssl_transcriber_live_sessions", "Live sessions that are open.");
    public static readonly Counter Ended = Metrics.CreateCounter("ssl_transcriber_live_sessions_ended_total",
        "Live sessions that ended, by who or what ended them: client, vanished, slow, idle, expired, oversized, limited, revoked, stopping "
        + "or failed.", "by")
        .AtZero("client", "vanished", "slow", "idle", "expired", "oversized", "limited", "revoked", "stopping", "failed");
    public static readonly Counter Utterances = Metrics.CreateCounter(
        "ssl_transcriber_live_utterances_total", "Utterances of live sessions: completed, cleared or failed.", "result")
        .AtZero("completed", "cleared", "failed");
    public static readonly Histogram PartialDelay = Metrics.CreateHistogram("ssl_transcriber_live_partial_delay_seconds",
        "From the arrival of audio to the end of the step that has heard it.", new HistogramConfiguration { Buckets = DelayBuckets });
    public static readonly Histogram FinalDelay = Metrics.CreateHistogram("ssl_transcriber_live_final_delay_seconds",
        "From the end of an utterance to its text.", new HistogramConfiguration { Buckets = DelayBuckets });
}
