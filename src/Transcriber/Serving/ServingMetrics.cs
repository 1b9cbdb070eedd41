using System.Globalization;
using Prometheus;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Transcriber.Serving;

/// <summary>All metrics of the serving half. Labels come from fixed sets.</summary>
static class ServingMetrics
{
    static readonly Counter Requests = Metrics.CreateCounter(
        "ssl_transcriber_requests_total", "Requests answered.", "endpoint", "code");
    public static readonly Counter Limited = Metrics.CreateCounter("ssl_transcriber_limited_total",
        "Requests refused to callers over their limits: requests, audio_seconds, concurrent_requests or live_sessions.", "reason");
    public static readonly Histogram RequestSeconds = Metrics.CreateHistogram(
        "ssl_transcriber_request_seconds", "From the first byte of a transcription request to the last of its answer.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) }); // 5 ms to 41 s
    public static readonly Counter AudioSeconds = Metrics.CreateCounter("ssl_transcriber_audio_seconds_total", "Audio transcribed.");
    public static readonly Counter Faults = Metrics.CreateCounter("ssl_transcriber_audio_faults_total",
        "Uploads with something wrong that was mended or borne, by what it was.", "fault")
        .AtZero(KnownSeries.ValuesOf<AudioFaults>().Skip(1)); // none
    public static readonly Counter Truncated = Metrics.CreateCounter(
        "ssl_transcriber_truncated_total", "Uploads whose end is missing, used up to there.");
    public static readonly Gauge QueueLength = Metrics.CreateGauge(
        "ssl_transcriber_queue_length", "Jobs of which a piece waits for a worker or is still to be decoded.");
    public static readonly Histogram BatchAudioSeconds = Metrics.CreateHistogram("ssl_transcriber_batch_audio_seconds",
        "Audio of one forward pass.", new HistogramConfiguration { Buckets = [1, 2, 5, 10, 20, 40] });
    public static readonly Gauge ModelAge = Metrics.CreateGauge(
        "ssl_transcriber_model_age_seconds", "How long the serving version of the default line has served.");
    public static readonly Counter Segments = Metrics.CreateCounter("ssl_transcriber_stream_segments_total",
        "Segments of the stream: transcribed, skipped, repeated, reassigned (to another member before the write), unreadable or failed.",
        "result").AtZero("transcribed", "skipped", "repeated", "reassigned", "unreadable", "failed");
    public static readonly Counter Swaps = Metrics.CreateCounter(
        "ssl_transcriber_swaps_total", "Attempts to let another version serve: ok or failed.", "result").AtZero("ok", "failed");
    public static readonly Counter RollBacks = Metrics.CreateCounter("ssl_transcriber_rollbacks_total",
        "Champions withdrawn because of their live answers, by the bound that was left.", "bound");
    public static readonly Counter Shadows = Metrics.CreateCounter("ssl_transcriber_shadow_requests_total",
        "Requests that the candidate was to transcribe as well: compared, skipped (others waited) or failed.", "result")
        .AtZero("compared", "skipped", "failed");
    static readonly Gauge Disagreement = Metrics.CreateGauge("ssl_transcriber_shadow_disagreement",
        "Word error between the candidate's texts and the champion's on the same requests; model_version{kind=\"shadow\"} names it.");
    static readonly Histogram SwapSeconds = Metrics.CreateHistogram(
        "ssl_transcriber_swap_seconds", "Loading, checking, warming and swapping a version.");
    static readonly Gauge ModelVersion = Metrics.CreateGauge("ssl_transcriber_model_version", "Version that serves.", "kind", "line");

    /// <summary>The codes that rules and dashboards ask for are there before the first answer.</summary>
    /// <param name="endpoint">Label of the metric.</param>
    public static void Answers(string endpoint, params IEnumerable<int> codes)
    {
        foreach (var code in codes)
            Requests.WithLabels(endpoint, code.ToString(CultureInfo.InvariantCulture)).Publish();
    }

    public static void Answered(string endpoint, int code) =>
        Requests.WithLabels(endpoint, code.ToString(CultureInfo.InvariantCulture)).Inc();

    public static void Shadowed(int number, double disagreement)
    {
        Disagreement.Set(disagreement);
        ModelVersion.WithLabels("shadow", ModelId.DefaultLine).Set(number);
    }

    public static void Swapped(string line, int number, int encoderNumber, TimeSpan took)
    {
        Swaps.WithLabels("ok").Inc();
        SwapSeconds.Observe(took.TotalSeconds);
        ModelVersion.WithLabels("recognizer", line).Set(number);
        ModelVersion.WithLabels("encoder", line).Set(encoderNumber);
    }
}
