using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Swapping;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>One turn of the loop: from an encoder version and the labels to a recognizer that was judged, published and, if it is good enough, serves.</summary>
sealed class RecognizerRound(
    FolderRegistry registry, PseudoLabeller labeller, FineTuner tuner, RecognizerPublisher publisher, ChampionSwap swap, ServingSlot slot, FineTuningOptions options, GateOptions gate, ILogger<RecognizerRound> logger)
{
    readonly FormerRecognizers formers = new(registry);

    /// <param name="beat">Called with every sign of life.</param>
    /// <returns>True when a version was published: the aliases have moved.</returns>
    /// <exception cref="StaleEpochException">Another Transcriber has taken over.</exception>
    public bool Run(int encoderNumber, LabelledSet labels, WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        if (Open(encoderNumber) is not { } encoder)
            return false;
        var budget = new FineTuningBudget(Time(), options.MaxUpdates);
        logger.FineTuningStarted(encoderNumber, labels.Train.Count, labels.TrainSeconds, budget.Time);
        var train = labeller.Beside(labels, budget, beat, ct);
        var outcome = FineTune(encoder, labels, train, budget, beat, ct);
        if (outcome is null)
            return false;
        using (outcome.Recognizer)
        {
            TranscriberMetrics.FineTuned(outcome.Took);
            logger.FineTuned(encoderNumber, outcome.Updates, outcome.AudioSeconds, outcome.Took.TotalSeconds, outcome.Loss);
            var judged = Judge(outcome, labels, ct);
            TranscriberMetrics.Judged(judged);
            if (judged.Verdict.Verdict == Verdict.NotFinite)
            {
                // Weights that are not numbers never reach the registry.
                logger.Refused(encoderNumber, judged.Verdict.Why);
                return false;
            }
            var manifest = publisher.Publish(outcome, encoder.Manifest, judged, labels, train, epoch);
            logger.Judged(manifest.Number, encoderNumber, judged.Verdict.Label, judged.Verdict.Why, judged.Candidate.WordErrorRate);
            if (judged.Verdict.IsPromoted)
                swap.Swap(manifest.Number, () => publisher.Promote(manifest.Number, judged, epoch));
            return true;
        }
    }

    TimeSpan Time() => registry.List(ModelKind.Recognizer).Count == 0 ? options.FirstBudget : options.Budget;

    VersionFolder? Open(int encoderNumber)
    {
        var encoder = registry.Open(ModelKind.Encoder, encoderNumber, out var reason);
        if (encoder is null)
            logger.EncoderUnusable(encoderNumber, reason);
        return encoder;
    }

    FineTuningOutcome? FineTune(VersionFolder encoder, LabelledSet labels, TrainingSet train, FineTuningBudget budget, Action beat, CancellationToken ct)
    {
        try
        {
            using var pretrained = ModelFolder.LoadEncoder(encoder.Path);
            using var former = options.WarmStart ? formers.For(encoder.Manifest, pretrained, labels) : null;
            return tuner.Run(pretrained, former, train, budget, _ => Updated(), ct);

            void Updated()
            {
                TranscriberMetrics.Updated();
                beat();
            }
        }
        catch (InvalidModelException e)
        {
            logger.EncoderUnusable(encoder.Manifest.Number, e.Message);
            return null;
        }
    }

    JudgedCandidate Judge(FineTuningOutcome outcome, LabelledSet labels, CancellationToken ct)
    {
        var candidate = HeldOutScorer.Score(outcome.Recognizer.Transcribe, TextReading.Words, labels.HeldOut, ct);
        if (!double.IsFinite(outcome.Loss))
            candidate = candidate with { IsFinite = false };
        using var lease = slot.TryLease();
        var champion = lease is null ? null : HeldOutScorer.Score(lease.Run, TextReading.Words, labels.HeldOut, ct);
        return new JudgedCandidate(candidate, champion, lease?.Model.Number, PromotionGate.Judge(candidate, champion, gate));
    }
}
