using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Runs a <see cref="TuningRound"/> on versions of the registry, publishes the candidate, and lets it serve if it was promoted.</summary>
sealed class RecognizerRound(
    ModelRegistry registry, TuningRound round, RecentAudio stream, RecognizerPublisher publisher, Func<LoadedRecognizer?> loadChampion,
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
        var aliases = registry.Aliases(); // read before the champion is loaded: a promotion fails if it was moved since
        using var champion = loadChampion();
        if (Tune(encoder, labels, champion, beat, ct) is not var (candidate, fitting))
            return false;
        using (candidate)
        {
            var (judged, verdict) = (candidate.Judged, candidate.Judged.Verdict);
            Report(encoderNumber, champion?.Number ?? 0, candidate);
            if (verdict.Verdict == Verdict.NotFinite)
            {
                // Weights that are not numbers never reach the registry.
                logger.Refused(encoderNumber, verdict.Why);
                return false;
            }
            var manifest = publisher.Publish(candidate, encoder.Manifest, fitting, champion?.Number, epoch);
            logger.Judged(manifest.Number, encoderNumber, verdict.Label, verdict.Why, judged.Candidate.WordErrorRate);
            if (verdict.IsPromoted && !publisher.TryPromote(manifest, aliases, epoch, verdict.Why, out reason))
                logger.NotPromoted(manifest.Number, reason);
            return true;
        }
    }

    (TunedCandidate, LabelledSet)? Tune(VersionFolder encoder, LabelledSet labels, LoadedRecognizer? champion, Action beat, CancellationToken ct)
    {
        try
        {
            using var pretrained = ModelFolder.LoadEncoder(encoder.Path);
            var fitting = Fitting(labels, FeatureExtractor.For(pretrained.Config));
            if (fitting.Unusable is { } problem)
            {
                logger.LabelsUnusable(problem);
                return null;
            }
            using var former = formers.For(encoder.Manifest, pretrained, fitting);
            var last = registry.Newest(ModelKind.Recognizer);
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
            return champion!.Transcribe(clips, reading);
        }

        void Updated()
        {
            TuningMetrics.Updated();
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
        var (audio, took) = (last?.RecognizerScores?.FineTuningAudioSeconds ?? 0, last?.RecognizerScores?.FineTuningSeconds ?? 0);
        return new FineTuningBudget(last is null ? options.FirstBudget : options.Budget, options.MaxUpdates, took > 0 ? audio / took : 0);
    }

    /// <summary>Whether the last use of pseudo-labels led to a refusal, or to nothing that could be published.</summary>
    bool CameToNothing(ModelManifest last) => last.Number == pseudoLabelledAt
        || !last.IsPromoted && last.RecognizerScores?.PseudoLabelSeconds > 0;

    void Report(int encoderNumber, int teacherNumber, TunedCandidate candidate)
    {
        var (outcome, train) = (candidate.Outcome, candidate.Train);
        TuningMetrics.PseudoLabelled(train.PseudoLabelSeconds);
        TuningMetrics.FineTuned(outcome.Took);
        TuningMetrics.Judged(candidate.Judged);
        if (candidate.PseudoLabels is { Recordings: > 0 } heard)
            logger.Listened(teacherNumber, train.PseudoLabels.Count, heard.Recordings, heard.MinConfidence);
        logger.FineTuned(encoderNumber, outcome.Updates, outcome.AudioSeconds, outcome.Took.TotalSeconds, outcome.Loss);
    }
}
