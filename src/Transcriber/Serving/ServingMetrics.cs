using System.Globalization;
using Prometheus;

namespace Ssl.Transcriber.Serving;

/// <summary>All metrics of the serving half. Labels come from fixed sets.</summary>
static class ServingMetrics
{
    static readonly Counter Requests = Metrics.CreateCounter("ssl_transcriber_requests_total", "Requests answered.", "endpoint", "code");

    static readonly Histogram RequestSeconds = Metrics.CreateHistogram("ssl_transcriber_request_seconds",
        "From the first byte of a transcription request to the last of its answer.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) }); // 5 ms to 41 s

    static readonly Counter AudioSeconds = Metrics.CreateCounter("ssl_transcriber_audio_seconds_total", "Audio transcribed.");
    static readonly Gauge Queue = Metrics.CreateGauge("ssl_transcriber_queue_length", "Jobs of which a piece waits for a worker.");

    static readonly Histogram BatchAudioSeconds = Metrics.CreateHistogram(
        "ssl_transcriber_batch_audio_seconds", "Audio of one forward pass.", new HistogramConfiguration { Buckets = [1, 2, 5, 10, 20, 40] });

    static readonly Gauge ModelVersion = Metrics.CreateGauge("ssl_transcriber_model_version", "Version that serves.", "kind");
    static readonly Gauge ModelAge = Metrics.CreateGauge("ssl_transcriber_model_age_seconds", "How long the serving version has served.");
    static readonly Counter Swaps = Metrics.CreateCounter("ssl_transcriber_swaps_total", "Attempts to let another version serve.", "result");

    static readonly Histogram SwapSeconds = Metrics.CreateHistogram(
        "ssl_transcriber_swap_seconds", "Loading, checking, warming and swapping a version.");

    static readonly Counter StreamSegments = Metrics.CreateCounter(
        "ssl_transcriber_stream_segments_total", "Segments of the stream, by what became of them.", "result");

    public static void Answered(string endpoint, int code) =>
        Requests.WithLabels(endpoint, code.ToString(CultureInfo.InvariantCulture)).Inc();

    public static void RequestTook(TimeSpan request) => RequestSeconds.Observe(request.TotalSeconds);

    public static void Transcribed(double batchAudioSeconds)
    {
        AudioSeconds.Inc(batchAudioSeconds);
        BatchAudioSeconds.Observe(batchAudioSeconds);
    }

    public static void Now(int queueLength, TimeSpan modelAge)
    {
        Queue.Set(queueLength);
        ModelAge.Set(modelAge.TotalSeconds);
    }

    public static void Swapped(int number, int encoderNumber, TimeSpan took)
    {
        Swaps.WithLabels("ok").Inc();
        SwapSeconds.Observe(took.TotalSeconds);
        ModelVersion.WithLabels("recognizer").Set(number);
        ModelVersion.WithLabels("encoder").Set(encoderNumber);
    }

    public static void SwapFailed() => Swaps.WithLabels("failed").Inc();

    /// <param name="result">transcribed, skipped, repeated, reassigned (to another member before it was written), unreadable.</param>
    public static void Segment(string result) => StreamSegments.WithLabels(result).Inc();
}
