using Prometheus;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Transcriber.Tuning.FineTuning;

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
    public static readonly Counter Held = Metrics.CreateCounter("ssl_transcriber_gate_held_total",
        "Better candidates that were not promoted: worse for a speaker or domain, too dear, or unlike the champion on live audio.",
        "line");
    public static readonly Histogram FineTuneSeconds = Metrics.CreateHistogram(
        "ssl_transcriber_finetune_seconds", "Time of one fine-tuning.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(5, 2, 12) }); // 5 s to 3 h
    public static readonly Counter FineTuneUpdates = Metrics.CreateCounter(
        "ssl_transcriber_finetune_updates_total", "Optimiser updates of fine-tuning.");
    static readonly Gauge RoundUpdates = Metrics.CreateGauge(
        "ssl_transcriber_finetune_round_updates", "Updates done in the running round; after it, those it had.");
    static readonly Gauge PlannedUpdates = Metrics.CreateGauge("ssl_transcriber_finetune_planned_updates",
        "Updates at which the running round ends, if neither its time nor the validation loss ends it before; 0: none runs.");
    static readonly Gauge RoundEncoder = Metrics.CreateGauge(
        "ssl_transcriber_finetune_encoder_version", "Encoder version of the running or last round.");
    static readonly Gauge FineTuneLoss = Metrics.CreateGauge(
        "ssl_transcriber_finetune_loss", "Loss of the last update (train) and on held-out labels (validation), nats a letter.", "set");
    static readonly Counter HeldUpSeconds = Metrics.CreateCounter("ssl_transcriber_finetune_held_up_seconds_total",
        "Time of rounds without training, by what held them up: own_threads, other_programs or cpu_limit had the core (core: it is not "
        + "known who), validation, checkpoint.", "by")
        .AtZero("own_threads", "other_programs", "cpu_limit", "core", "validation", "checkpoint");
    static readonly Counter Rounds = Metrics.CreateCounter("ssl_transcriber_finetune_rounds_total",
        "Fine-tunings by what ended them: planned, settled (the validation loss), out_of_time, diverged, overtaken, interrupted.", "ended")
        .AtZero([.. KnownSeries.ValuesOf<FineTuningEnd>(), "overtaken", "interrupted"]);
    public static readonly Counter LabelsTaken = Metrics.CreateCounter("ssl_transcriber_labels_total",
        "Messages of audio.labeled: added, corrected, removed, waiting (for settings of their line) or repeated (a removal of what is not "
        + "there).", "result").AtZero("added", "corrected", "removed", "waiting", "repeated");
    public static readonly Counter LabelsRefused = Metrics.CreateCounter("ssl_transcriber_labels_refused_total",
        "Messages of audio.labeled that are no label, by reason.", "reason")
        .AtZero("missing_key", "opted_out", "unknown_line", "no_text", "unknown_split", "unusable_audio", DeadLetters.Failed);
    public static readonly Gauge PseudoLabelSeconds = Metrics.CreateGauge(
        "ssl_transcriber_pseudo_label_seconds", "Audio with pseudo-labels in the latest fine-tuning.");

    /// <summary>What is counted by line is there before the first gate.</summary>
    public static void Start(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Held.WithLabels(line).Publish();
            foreach (var verdict in new[] { GateVerdicts.Better, GateVerdicts.Equal, GateVerdicts.Worse, GateVerdicts.Broken })
                Verdicts.WithLabels(verdict, line).Publish();
        }
    }

    public static void RoundBegan(int encoder, int plannedUpdates)
    {
        RoundEncoder.Set(encoder);
        RoundUpdates.Set(0);
        PlannedUpdates.Set(plannedUpdates);
        foreach (var set in new[] { "train", "validation" })
            FineTuneLoss.WithLabels(set).Unpublish(); // of the round before; the next value is published again
    }

    /// <param name="before">What it was held up for before this update.</param>
    public static void Updated(FineTuningProgress now, HeldUp before)
    {
        FineTuneUpdates.Inc();
        RoundUpdates.Set(now.Updates);
        PlannedUpdates.Set(now.Planned);
        FineTuneLoss.WithLabels("train").Set(now.Loss);
        if (double.IsFinite(now.ValidationLoss))
            FineTuneLoss.WithLabels("validation").Set(now.ValidationLoss);
        HeldUpBy("own_threads", held => held.OwnThreads);
        HeldUpBy("other_programs", held => held.OtherPrograms);
        HeldUpBy("cpu_limit", held => held.CpuLimit);
        HeldUpBy("core", held => held.Unknown);
        HeldUpBy("validation", held => held.Validation);
        HeldUpBy("checkpoint", held => held.Checkpoints);

        void HeldUpBy(string by, Func<HeldUp, TimeSpan> time) =>
            HeldUpSeconds.WithLabels(by).Inc(Math.Max(0, (time(now.HeldUp) - time(before)).TotalSeconds));
    }

    public static void RoundEnded(string how)
    {
        PlannedUpdates.Set(0);
        Rounds.WithLabels(how).Inc();
    }

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
