using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Swapping;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Runs a <see cref="TuningRound"/> on versions of the registry, publishes the candidate, and lets it serve if it was promoted.</summary>
sealed class RecognizerRound(
    FolderRegistry registry, TuningRound round, RecentAudio stream, RecognizerPublisher publisher, ChampionSwap swap, ServingSlot slot,
    FineTuningOptions options, ILogger<RecognizerRound> logger)
{
    readonly FormerRecognizers formers = new(registry);
    (LabelledSet All, double FrameSeconds, LabelledSet Fitting)? checkedLabels;
    int? pseudoLabelledAt; // the newest version when pseudo-labels were last used

    /// <param name="beat">Called with every sign of life.</param>
    /// <returns>True if a version was published: the aliases have moved.</returns>
    /// <exception cref="StaleEpochException">Another Transcriber has taken over.</exception>
    public bool Run(int encoderNumber, LabelledSet labels, WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        var encoder = registry.Open(ModelKind.Encoder, encoderNumber, out var reason);
        if (encoder is null)
        {
            logger.EncoderUnusable(encoderNumber, reason);
            return false;
        }
        using var lease = slot.TryLease();
        if (Tune(encoder, labels, lease, beat, ct) is not var (candidate, fitting))
            return false;
        using (candidate)
        {
            var (judged, verdict) = (candidate.Judged, candidate.Judged.Verdict);
            Report(encoderNumber, lease?.Model.Number ?? 0, candidate);
            if (verdict.Verdict == Verdict.NotFinite)
            {
                // Weights that are not numbers never reach the registry.
                logger.Refused(encoderNumber, verdict.Why);
                return false;
            }
            var manifest = publisher.Publish(candidate, encoder.Manifest, fitting, lease?.Model.Number, epoch);
            logger.Judged(manifest.Number, encoderNumber, verdict.Label, verdict.Why, judged.Candidate.WordErrorRate);
            if (verdict.IsPromoted)
                swap.Swap(manifest.Number, () => publisher.Promote(manifest.Number, lease?.Model.Number, epoch, verdict.Why));
            return true;
        }
    }

    (TunedCandidate, LabelledSet)? Tune(VersionFolder encoder, LabelledSet labels, ModelLease? champion, Action beat, CancellationToken ct)
    {
        try
        {
            using var pretrained = ModelFolder.LoadEncoder(encoder.Path);
            var fitting = Fitting(labels, FeatureExtractor.For(pretrained.Config));
            if (fitting.Unusable is { } reason)
            {
                logger.LabelsUnusable(reason);
                return null;
            }
            using var former = formers.For(encoder.Manifest, pretrained, fitting);
            var last = registry.List(ModelKind.Recognizer).MaxBy(m => m.Number);
            var budget = BudgetAfter(last);
            logger.FineTuningStarted(encoder.Manifest.Number, fitting.Train.Count, fitting.TrainSeconds, budget.Time);
            var inputs = new TuningInputs(pretrained, fitting)
            {
                Former = former,
                Champion = champion is null ? null : Transcribe,
                Stream = last is null || CameToNothing(last) ? null : stream,
            };
            var candidate = round.Run(inputs, budget, _ => Updated(), ct);
            pseudoLabelledAt = candidate.Train.PseudoLabels.Count > 0 ? last?.Number : null;
            return (candidate, fitting);
        }
        catch (InvalidModelException e)
        {
            logger.EncoderUnusable(encoder.Manifest.Number, e.Message);
            return null;
        }

        IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading)
        {
            beat();
            return champion!.Run(clips, reading);
        }

        void Updated()
        {
            TranscriberMetrics.Updated();
            beat();
        }
    }

    /// <summary>Checks labels against an encoder's frames; logs what does not fit once.</summary>
    LabelledSet Fitting(LabelledSet labels, FeatureExtractor extractor)
    {
        if (checkedLabels is { } seen && seen.All == labels && seen.FrameSeconds == extractor.FrameSeconds)
            return seen.Fitting;
        var fitting = labels.Fitting(extractor, out var refused);
        logger.LabelProblems(refused);
        checkedLabels = (labels, extractor.FrameSeconds, fitting);
        return fitting;
    }

    FineTuningBudget BudgetAfter(ModelManifest? last)
    {
        var (audio, took) = (Score(ScoreNames.FineTuningAudioSeconds), Score(ScoreNames.FineTuningSeconds));
        return new FineTuningBudget(last is null ? options.FirstBudget : options.Budget, options.MaxUpdates, took > 0 ? audio / took : 0);

        double Score(string name) => last?.Scores.GetValueOrDefault(name) ?? 0;
    }

    /// <summary>Whether the last use of pseudo-labels led to a refusal, or to nothing that could be published.</summary>
    bool CameToNothing(ModelManifest last) => last.Number == pseudoLabelledAt
        || last.Health != GateVerdict.PromotedHealth && last.Scores.GetValueOrDefault(ScoreNames.PseudoLabelSeconds) > 0;

    void Report(int encoderNumber, int teacherNumber, TunedCandidate candidate)
    {
        var (outcome, train) = (candidate.Outcome, candidate.Train);
        TranscriberMetrics.PseudoLabelled(train.PseudoLabelSeconds);
        TranscriberMetrics.FineTuned(outcome.Took);
        TranscriberMetrics.Judged(candidate.Judged);
        if (candidate.PseudoLabels is { Recordings: > 0 } heard)
            logger.Listened(teacherNumber, train.PseudoLabels.Count, heard.Recordings, heard.MinConfidence);
        logger.FineTuned(encoderNumber, outcome.Updates, outcome.AudioSeconds, outcome.Took.TotalSeconds, outcome.Loss);
    }
}
