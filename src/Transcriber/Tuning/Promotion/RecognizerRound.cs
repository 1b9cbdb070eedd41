using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Telemetry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.PseudoLabelling;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Runs a <see cref="TuningRound"/> on versions of the registry, publishes the candidate and promotes it if it passes.</summary>
sealed class RecognizerRound(
    ModelRegistry registry, TuningRound round, RecentAudio stream, RecognizerPublisher publisher,
    Func<string, LoadedRecognizer?> loadChampion, FineTuningOptions options, ILogger<RecognizerRound> logger)
{
    readonly FormerRecognizers formers = new(registry);
    readonly Dictionary<string, (LabelledSet Labels, double FrameSeconds)> reported = []; // by line, labels whose misfits have been logged
    readonly Dictionary<string, int?> pseudoLabelledAt = []; // the newest version of a line when pseudo-labels were last used for it

    /// <param name="beat">Called with every sign of life.</param>
    /// <returns>True if a version was published: the aliases have moved.</returns>
    /// <exception cref="StaleEpochException">Another process fine-tunes now.</exception>
    public bool Run(int encoderNumber, LabelledSet labels, WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        using var span = Traces.Start("tuning round")?.SetTag("ssl.encoder", encoderNumber);
        if (registry.Open(ModelKind.Encoder, encoderNumber, out var reason) is not { } encoder)
        {
            logger.EncoderUnusable(encoderNumber, reason);
            return false;
        }
        var aliases = registry.Aliases(); // before the champion is loaded: a promotion fails if it was moved since
        using var champion = loadChampion(labels.Line);
        using var candidate = Tune(encoder, labels, champion, beat, ct);
        if (candidate is null)
            return false;
        Report(encoderNumber, champion?.Number ?? 0, candidate);
        var judged = candidate.Judged;
        span?.SetTag("ssl.verdict", judged.Verdict);
        if (candidate.Figures is not { } figures)
        {
            logger.Refused(encoderNumber, judged.Why); // NaN weights never reach the registry
            return false;
        }
        var manifest = publisher.Publish(candidate, encoder.Manifest, champion?.Number, epoch);
        logger.Judged(manifest.Number, encoderNumber, judged.Health, figures.WordErrorRate);
        if (judged.MayServe && publisher.TryPromote(manifest, aliases, epoch, judged.Why, out reason))
            logger.Promoted(manifest.Number);
        else if (judged.MayServe)
            logger.NotPromoted(manifest.Number, reason);
        return true;
    }

    TunedCandidate? Tune(VersionFolder encoder, LabelledSet labels, LoadedRecognizer? champion, Action beat, CancellationToken ct)
    {
        try
        {
            using var pretrained = ModelFolder.LoadEncoder(encoder.Path);
            var fitting = Fitting(labels, FeatureExtractor.For(pretrained.Config));
            if (fitting.Unusable is { } problem)
            {
                logger.LabelsUnusable(labels.Line, problem);
                return null;
            }
            using var former = formers.For(encoder.Manifest, pretrained, fitting);
            var last = registry.Newest(ModelKind.Recognizer, m => m.IsOf(labels.Line));
            var budget = BudgetAfter(last);
            logger.FineTuningStarted(encoder.Manifest.Number, fitting.Train.Count, fitting.TrainSeconds, budget.Time);
            var inputs = new TuningInputs(pretrained, fitting)
            {
                Former = former,
                Champion = champion is null ? null : Subject(champion, beat),
                Beat = beat,
                Stream = last is null || CameToNothing(labels.Line, last) ? null : stream,
            };
            var candidate = round.Run(inputs, budget, onUpdate: _ =>
            {
                TuningMetrics.FineTuneUpdates.Inc();
                beat();
            }, ct);
            pseudoLabelledAt[labels.Line] = candidate.Train.PseudoLabels.Count > 0 ? last?.Number : null;
            return candidate;
        }
        catch (InvalidModelException e)
        {
            logger.EncoderUnusable(encoder.Manifest.Number, e.Message);
            return null;
        }
    }

    GateSubject Subject(LoadedRecognizer champion, Action beat) => new((clips, reading) =>
    {
        beat();
        return champion.Transcribe(clips, reading);
    }, champion.WeightBytes)
    {
        JudgedOn = registry.Find(ModelKind.Recognizer, champion.Number)?.Gate?.Labels,
    };

    /// <summary>The labels that fit an encoder's frames; the others are logged once.</summary>
    LabelledSet Fitting(LabelledSet labels, FeatureExtractor extractor)
    {
        var fitting = labels.Fitting(extractor, out var refused);
        if (!reported.TryGetValue(labels.Line, out var before) || before != (labels, extractor.FrameSeconds))
            logger.LabelProblems(refused);
        reported[labels.Line] = (labels, extractor.FrameSeconds);
        return fitting;
    }

    FineTuningBudget BudgetAfter(ModelManifest? last)
    {
        var (audio, took) = (last?.RecognizerScores?.FineTuningAudioSeconds ?? 0, last?.RecognizerScores?.FineTuningSeconds ?? 0);
        return new FineTuningBudget(last is null ? options.FirstBudget : options.Budget, options.MaxUpdates, took > 0 ? audio / took : 0);
    }

    /// <summary>Whether the last candidate made with pseudo-labels errs no less than the champion, or could not be published.</summary>
    bool CameToNothing(string line, ModelManifest last) => last.Number == pseudoLabelledAt.GetValueOrDefault(line)
        || !last.MayServe && last.Gate is not { Leads: true } && last.RecognizerScores?.PseudoLabelSeconds > 0;

    void Report(int encoderNumber, int teacherNumber, TunedCandidate candidate)
    {
        var (outcome, train) = (candidate.Outcome, candidate.Train);
        TuningMetrics.PseudoLabelSeconds.Set(train.PseudoLabelSeconds);
        TuningMetrics.FineTuneSeconds.Observe(outcome.Took.TotalSeconds);
        TuningMetrics.Judged(candidate.Judged, candidate.Labels.Line);
        if (candidate.PseudoLabels is { Recordings: > 0 } made)
            logger.PseudoLabelled(teacherNumber, train.PseudoLabels.Count, made.Recordings, made.MinConfidence);
        logger.FineTuned(encoderNumber, outcome.Updates, outcome.AudioSeconds, outcome.Took.TotalSeconds, outcome.Loss);
    }
}
