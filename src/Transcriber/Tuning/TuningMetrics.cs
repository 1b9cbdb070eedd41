using Prometheus;
using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning;

/// <summary>All metrics of the tuning half. Labels come from fixed sets.</summary>
static class TuningMetrics
{
    static readonly Gauge GateWer = Metrics.CreateGauge(
        "ssl_transcriber_gate_wer", "Word error rate at the last gate.", "set", "model", "line");
    static readonly Gauge GateCer = Metrics.CreateGauge(
        "ssl_transcriber_gate_cer", "Character error rate at the last gate.", "set", "model", "line");
    static readonly Counter Verdicts = Metrics.CreateCounter(
        "ssl_transcriber_gate_verdicts_total", "Verdicts of the gate: better, equal, worse, broken.", "verdict", "line");
    static readonly Counter Held = Metrics.CreateCounter(
        "ssl_transcriber_gate_held_total", "Better candidates that were not promoted: worse for a speaker or domain, or too dear.", "line");
    public static readonly Histogram FineTuneSeconds = Metrics.CreateHistogram(
        "ssl_transcriber_finetune_seconds", "Time of one fine-tuning.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(5, 2, 12) }); // 5 s to 3 h
    public static readonly Counter FineTuneUpdates = Metrics.CreateCounter(
        "ssl_transcriber_finetune_updates_total", "Optimiser updates of fine-tuning.");
    public static readonly Counter LabelsTaken = Metrics.CreateCounter("ssl_transcriber_labels_total",
        "Messages of audio.labeled: added, corrected, removed or repeated (a removal of what is not there).", "result");
    public static readonly Counter LabelsRefused = Metrics.CreateCounter("ssl_transcriber_labels_refused_total",
        "Messages of audio.labeled that are no label, by reason.", "reason");
    public static readonly Gauge PseudoLabelSeconds = Metrics.CreateGauge(
        "ssl_transcriber_pseudo_label_seconds", "Audio with pseudo-labels in the latest fine-tuning.");

    /// <param name="line">Of recognizers, as in the settings.</param>
    public static void Judged(GateReport judged, string line)
    {
        Verdicts.WithLabels(judged.Verdict, line).Inc();
        if (judged.Held is not null)
            Held.WithLabels(line).Inc();
        foreach (var set in judged.Sets.Where(s => s.Name is GateFigures.Gate or GateFigures.Hidden)) // slices have free names
        {
            Show(set.Name, "candidate", line, set.WordErrorRate, set.CharacterErrorRate);
            Show(set.Name, "champion", line, set.ChampionWordErrorRate, set.ChampionCharacterErrorRate);
        }
    }

    static void Show(string set, string model, string line, double? wordErrorRate, double? characterErrorRate)
    {
        if (wordErrorRate is { } wer)
            GateWer.WithLabels(set, model, line).Set(wer);
        if (characterErrorRate is { } cer)
            GateCer.WithLabels(set, model, line).Set(cer);
    }
}
