using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>Has the champion listen to what the stream brought, for the next recognizer to learn from.</summary>
sealed class PseudoLabeller(FolderRegistry registry, ServingSlot slot, RecentAudio recent, PseudoLabelOptions options, TimeProvider clock, ILogger<PseudoLabeller> logger)
{
    int? listenedAt; // the newest version when pseudo-labels were last given

    /// <summary>
    /// True labels, and beside them pseudo-labels: none where nothing serves yet, the stream was silent, labels are many (<see cref="PseudoLabelOptions.LeastEpochs"/>), or the last
    /// candidate was made with some and came to nothing. Recordings that have true labels, to learn from or held out, get no other.
    /// </summary>
    /// <param name="budget">Of the fine-tuning that comes.</param>
    /// <param name="beat">Called with every sign of life.</param>
    public TrainingSet Beside(LabelledSet labels, FineTuningBudget budget, Action beat, CancellationToken ct)
    {
        var set = new TrainingSet(labels.Train);
        var last = registry.List(ModelKind.Recognizer).MaxBy(m => m.Number);
        if (last is not null && !CameToNothing(last) && options.AreWorthIt(HeardSeconds(last, budget), set.LabelSeconds))
            set = new TrainingSet(labels.Train, Listen(labels, budget.Time, beat, ct), options.TrueShare);
        listenedAt = set.PseudoLabels.Count > 0 ? last?.Number : null;
        TranscriberMetrics.PseudoLabelled(set.PseudoLabelSeconds);
        return set;
    }

    LabelledUtterance[] Listen(LabelledSet set, TimeSpan time, Action beat, CancellationToken ct)
    {
        using var lease = slot.TryLease();
        if (lease is null)
            return [];
        var (labelled, letters) = (new LabelledAudio([.. set.Train, .. set.HeldOut]), Vocabulary.FromTexts(set.Train.Select(u => u.Text)));
        IReadOnlyList<Utterance> recordings = [.. recent(options.MostAudioSeconds, ct).Where(r => !labelled.Holds(r))];
        var started = clock.GetTimestamp();
        var labels = PseudoLabels.Of(lease.Run, recordings, options.KeptShare, GoOn, ct);
        LabelledUtterance[] taught = [.. labels.Kept.Where(u => letters.Encode(u.Text).Length == u.Text.Length)]; // a champion of other labels may write what these cannot teach
        if (recordings.Count > 0)
            logger.Listened(lease.Model.Number, taught.Length, recordings.Count, labels.LeastConfidence, clock.GetElapsedTime(started).TotalSeconds);
        return taught;

        bool GoOn()
        {
            beat();
            return clock.GetElapsedTime(started) < time * options.ListeningShare;
        }
    }

    /// <summary>What was last made with pseudo-labels was refused, or was not even published.</summary>
    bool CameToNothing(ModelManifest last) =>
        last.Number == listenedAt || last.Health != GateVerdict.PromotedHealth && last.Scores.GetValueOrDefault(ScoreNames.PseudoLabelSeconds) > 0;

    /// <summary>Audio that the fine-tuning will train on, if it is as fast as the last one was.</summary>
    static double HeardSeconds(ModelManifest last, FineTuningBudget budget)
    {
        var (heard, took) = (last.Scores.GetValueOrDefault(ScoreNames.FineTuningAudioSeconds), last.Scores.GetValueOrDefault(ScoreNames.FineTuningSeconds));
        return budget.MaxUpdates > 0 || took <= 0 ? heard : heard * budget.Time.TotalSeconds / took;
    }
}
