using Ssl.Shared.Labels;
using Ssl.Shared.Registry;
using Ssl.Transcriber.FineTuning;
using Ssl.Transcriber.Gate;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.PseudoLabelling;

/// <summary>Has the champion listen to what the stream brought, for the next recognizer to learn from.</summary>
sealed class PseudoLabeller(FolderRegistry registry, ServingSlot slot, RecentAudio recent, PseudoLabelOptions options, TimeProvider clock, ILogger<PseudoLabeller> logger)
{
    /// <summary>True labels, and beside them pseudo-labels: none where nothing serves yet, the stream was silent, or the last candidate was made with some and refused.</summary>
    /// <param name="budget">Of the fine-tuning that comes.</param>
    /// <param name="beat">Called with every sign of life.</param>
    public TrainingSet Beside(IReadOnlyList<LabelledUtterance> labels, TimeSpan budget, Action beat, CancellationToken ct)
    {
        var set = new TrainingSet(labels, options.Enabled && !WereRefused() ? Listen(budget, beat, ct) : [], options.TrueShare);
        TranscriberMetrics.PseudoLabelled(set.PseudoLabelSeconds);
        return set;
    }

    IReadOnlyList<LabelledUtterance> Listen(TimeSpan budget, Action beat, CancellationToken ct)
    {
        using var lease = slot.TryLease();
        if (lease is null)
            return [];
        var recordings = recent(options.MostAudioSeconds, ct);
        var started = clock.GetTimestamp();
        var labels = PseudoLabels.Of(lease.Run, recordings, options.KeptShare, GoOn, ct);
        if (recordings.Count > 0)
            logger.Listened(lease.Model.Number, labels.Kept.Count, recordings.Count, labels.LeastConfidence, clock.GetElapsedTime(started).TotalSeconds);
        return labels.Kept;

        bool GoOn()
        {
            beat();
            return clock.GetElapsedTime(started) < budget * options.ListeningShare;
        }
    }

    bool WereRefused() =>
        registry.List(ModelKind.Recognizer).MaxBy(m => m.Number) is { } last && last.Health != GateVerdict.PromotedHealth && last.Scores.GetValueOrDefault(ScoreNames.PseudoLabelSeconds) > 0;
}
