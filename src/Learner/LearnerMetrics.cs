using Prometheus;
using Ssl.Learner.Health;
using Ssl.Shared.Foundation.Telemetry;

namespace Ssl.Learner;

/// <summary>All metrics of the Learner.</summary>
static class LearnerMetrics
{
    public static readonly Counter Segments = Metrics.CreateCounter(
        "ssl_learner_segments_total", "Segments read: stored, duplicate, opted_out, unusable or failed.", "result")
        .AtZero("stored", "duplicate", "opted_out", "unusable", "failed");
    public static readonly Gauge ReplayBytes = Metrics.CreateGauge("ssl_learner_replay_bytes", "Bytes of the replay store.");
    public static readonly Gauge ReplaySegments = Metrics.CreateGauge("ssl_learner_replay_segments", "Segments in the replay store.");
    public static readonly Counter Steps = Metrics.CreateCounter(
        "ssl_learner_steps_total", "Training steps of this run, earlier processes included.");
    public static readonly Counter AudioTrainedSeconds = Metrics.CreateCounter(
        "ssl_learner_audio_trained_seconds_total", "Audio trained on in this run, repetitions and earlier processes included.");
    public static readonly Gauge Loss = Metrics.CreateGauge(
        "ssl_learner_loss", "Losses of the last step, nats a masked frame: total, contrastive, diversity (0 to 1), masked_prediction.",
        "term");
    public static readonly Gauge Accuracy = Metrics.CreateGauge(
        "ssl_learner_accuracy", "Accuracy over masked frames in the last step: contrastive, masked_prediction.", "objective");
    public static readonly Gauge CodePerplexity = Metrics.CreateGauge(
        "ssl_learner_code_perplexity", "Code perplexity of the last step, summed over codebooks.");
    public static readonly Gauge CodebookPerplexity = Metrics.CreateGauge(
        "ssl_learner_codebook_perplexity", "Code perplexity of a codebook in the last step, of choices (hard) or probabilities (soft).",
        "codebook", "choice");
    public static readonly Gauge MaskedShare = Metrics.CreateGauge("ssl_learner_masked_ratio", "Share of frames masked in the last step.");
    public static readonly Gauge GradientNorm = Metrics.CreateGauge("ssl_learner_gradient_norm", "Gradient norm before clipping.");
    public static readonly Gauge LearningRate = Metrics.CreateGauge("ssl_learner_learning_rate", "Learning rate of the last step.");
    public static readonly Gauge GumbelTemperature = Metrics.CreateGauge(
        "ssl_learner_gumbel_temperature", "Gumbel temperature of the last step.");
    public static readonly Gauge Health = Metrics.CreateGauge("ssl_learner_health", "1 for the current state of training.", "state")
        .AtZero(KnownSeries.ValuesOf<HealthState>());
    public static readonly Counter Rewinds = Metrics.CreateCounter(
        "ssl_learner_rewinds_total", "Returns of training to a checkpoint.");
    public static readonly Histogram StepSeconds = Metrics.CreateHistogram(
        "ssl_learner_step_seconds", "Time of a training step.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.01, 1.6, 16) });
    public static readonly Histogram CheckpointSeconds = Metrics.CreateHistogram(
        "ssl_learner_checkpoint_seconds", "Pause of training for a checkpoint.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.01, 2, 12) });
    public static readonly Gauge EncoderVersion = Metrics.CreateGauge("ssl_learner_encoder_version", "Encoder version published last.");
}
