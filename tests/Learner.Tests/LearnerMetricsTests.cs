using System.Reflection;
using Prometheus;

namespace Ssl.Learner.Tests;

public sealed class LearnerMetricsTests
{
    static readonly string[] Approved =
    [
        "ssl_learner_accuracy", "ssl_learner_audio_trained_seconds_total", "ssl_learner_checkpoint_seconds", "ssl_learner_code_perplexity",
        "ssl_learner_codebook_perplexity", "ssl_learner_encoder_version", "ssl_learner_gradient_norm",
        "ssl_learner_gumbel_temperature", "ssl_learner_health", "ssl_learner_learning_rate", "ssl_learner_loss", "ssl_learner_masked_ratio",
        "ssl_learner_replay_bytes", "ssl_learner_replay_segments",
        "ssl_learner_rewinds_total", "ssl_learner_segments_total", "ssl_learner_step_seconds", "ssl_learner_steps_total",
    ];

    /// <summary>Dashboards depend on them.</summary>
    [Fact]
    public void Names_are_the_approved_ones() =>
        Assert.Equal(Approved, typeof(LearnerMetrics).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => ((Collector)f.GetValue(null)!).Name).Order(StringComparer.Ordinal));
}
