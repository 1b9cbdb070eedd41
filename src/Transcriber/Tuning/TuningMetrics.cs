using Prometheus;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tuning;

/// <summary>All metrics of the tuning half. Labels come from fixed sets.</summary>
static class TuningMetrics
{
    const string HeldOut = "held_out";

    static readonly Gauge GateWer = Metrics.CreateGauge("ssl_transcriber_gate_wer", "Word error rate at the last gate.", "set", "model");
    static readonly Gauge GateCer = Metrics.CreateGauge("ssl_transcriber_gate_cer", "Character error rate at the last gate.", "set", "model");
    static readonly Counter Verdicts = Metrics.CreateCounter("ssl_transcriber_gate_verdicts_total", "Decisions of the gate.", "verdict");

    static readonly Histogram FineTuneSeconds = Metrics.CreateHistogram("ssl_transcriber_finetune_seconds", "Time of one fine-tuning.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(5, 2, 12) }); // 5 s to 3 h

    static readonly Counter FineTuneUpdates = Metrics.CreateCounter("ssl_transcriber_finetune_updates_total", "Optimiser updates of fine-tuning.");

    static readonly Gauge PseudoLabels = Metrics.CreateGauge(
        "ssl_transcriber_pseudo_label_seconds", "Audio with pseudo-labels in the latest fine-tuning.");

    public static void Judged(JudgedCandidate judged)
    {
        Verdicts.WithLabels(judged.Verdict.Label).Inc();
        Show("candidate", judged.Candidate);
        if (judged.Champion is { } champion)
            Show("champion", champion);
    }

    public static void FineTuned(TimeSpan took) => FineTuneSeconds.Observe(took.TotalSeconds);

    public static void PseudoLabelled(double seconds) => PseudoLabels.Set(seconds);

    public static void Updated() => FineTuneUpdates.Inc();

    static void Show(string model, GateScore score)
    {
        GateWer.WithLabels(HeldOut, model).Set(score.WordErrorRate);
        GateCer.WithLabels(HeldOut, model).Set(score.CharacterErrorRate);
    }
}
