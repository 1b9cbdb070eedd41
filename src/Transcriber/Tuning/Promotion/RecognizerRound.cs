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
    Func<string, LoadedRecognizer?> loadChampion, RoundPlan plan, RoundStore store, RoundReport report)
{
    readonly ILogger logger = report.Logger;
    readonly HashSet<string> givenUp = []; // lines whose last round was: the next one is not
    readonly FormerRecognizers formers = new(registry);
    readonly Dictionary<string, (LabelledSet Labels, double FrameSeconds)> reported = []; // by line, labels whose misfits have been logged
    readonly Dictionary<string, int?> pseudoLabelledAt = []; // the newest version of a line when pseudo-labels were last used for it

    /// <summary>
    /// The round that a former term or process left unfinished, if it may go on: nothing was published for its line since, its labels are
    /// the same, and it is not given up for a newer encoder. Else it is removed.
    /// </summary>
    public RoundOrder? Unfinished(int newestEncoder, IReadOnlyList<LabelledSet> sets)
    {
        if (store.Peek() is not var (begun, updates, elapsed))
            return null;
        var last = Last(begun.Line);
        if ((begun.Encoder == newestEncoder || !plan.IsGivenUp(begun, plan.BudgetAfter(last), updates, elapsed))
            && (last?.Number ?? 0) == begun.After
            && sets.FirstOrDefault(s => s.Line == begun.Line && s.Unusable is null) is { } labels
            && RoundIdentity.PrintOf(labels) == begun.Labels)
            return new RoundOrder(begun.Encoder, labels) { MustEnd = begun.MustEnd };
        store.Clear();
        return null;
    }

    /// <param name="beat">Called with every sign of life.</param>
    /// <exception cref="StaleEpochException">Another process fine-tunes now.</exception>
    public RoundResult Run(RoundOrder order, WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        var (encoderNumber, labels) = (order.Encoder, order.Labels);
        using var span = Traces.Start("tuning round")?.SetTag("ssl.encoder", encoderNumber);
        if (registry.Open(ModelKind.Encoder, encoderNumber, out var reason) is not { } encoder)
        {
            logger.EncoderUnusable(encoderNumber, reason);
            store.Clear();
            return RoundResult.Nothing;
        }
        var aliases = registry.Aliases(); // before the champion is loaded: a promotion fails if it was moved since
        using var champion = loadChampion(labels.Line);
        using var overtaken = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var candidate = Tune(encoder, order, champion, beat, overtaken);
        if (candidate is null)
            store.Clear();
        if (candidate is null && overtaken.IsCancellationRequested)
        {
            givenUp.Add(labels.Line);
            return RoundResult.GivenUp;
        }
        givenUp.Remove(labels.Line);
        if (candidate is null)
            return RoundResult.Nothing;
        Report(champion?.Number ?? 0, candidate);
        var judged = candidate.Judged;
        span?.SetTag("ssl.verdict", judged.Verdict);
        if (candidate.Figures is not { } figures)
        {
            logger.Refused(encoderNumber, judged.Why); // NaN weights never reach the registry
            store.Clear();
            return RoundResult.Nothing;
        }
        var manifest = publisher.Publish(candidate, encoder.Manifest, champion?.Number, epoch);
        store.Clear(); // a kill before this resumes nothing: a version of the line was published since
        logger.Judged(manifest.Number, encoderNumber, judged.Health, figures.WordErrorRate);
        if (judged.MayServe)
            Promote(manifest, aliases, epoch, beat, ct);
        return RoundResult.Published;
    }

    /// <summary>Promotes or holds the candidate that a former term or process left in the champion's shadow.</summary>
    /// <param name="beat">Called with every sign of life.</param>
    /// <exception cref="StaleEpochException">Another process fine-tunes now.</exception>
    public void EndTrial(WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        var aliases = registry.Aliases();
        if (publisher.OnTrial(aliases) is { } candidate)
            Promote(candidate, aliases, epoch, beat, ct);
    }

    void Promote(
        ModelManifest version, IReadOnlyDictionary<string, AliasEntry> judgedAgainst, WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        if (publisher.TryPromote(version, judgedAgainst, epoch, beat, out var reason, ct))
            logger.Promoted(version.Number);
        else
            logger.NotPromoted(version.Number, reason);
    }

    /// <param name="overtaken">Is cancelled where the round is given up for a newer encoder.</param>
    /// <returns>Null: encoder or labels cannot be used, or it is given up.</returns>
    TunedCandidate? Tune(
        VersionFolder encoder, RoundOrder order, LoadedRecognizer? champion, Action beat, CancellationTokenSource overtaken)
    {
        var (labels, isOvertaken) = (order.Labels, false);
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
            var last = Last(labels.Line);
            var budget = plan.BudgetAfter(last);
            var identity = plan.IdentityOf(order with { MustEnd = order.MustEnd || givenUp.Contains(labels.Line) }, last, budget);
            report.Begin(identity, fitting, budget);
            var inputs = new TuningInputs(pretrained, fitting)
            {
                Former = former,
                Champion = champion is null ? null : Subject(champion, beat),
                Beat = beat,
                Stream = last is null || CameToNothing(labels.Line, last) ? null : stream,
                Saved = new SavedRound(store, identity),
            };
            var candidate = round.Run(inputs, budget, onUpdate: now =>
            {
                report.Update(now);
                beat();
                isOvertaken = order.NewestEncoder() > identity.Encoder && plan.IsGivenUp(identity, budget, now.Updates, now.Elapsed);
                if (isOvertaken)
                    overtaken.Cancel();
            }, overtaken.Token);
            pseudoLabelledAt[labels.Line] = candidate.Train.PseudoLabels.Count > 0 ? last?.Number : null;
            report.FineTuned(candidate.Outcome, budget.Updates);
            return candidate;
        }
        catch (OperationCanceledException) when (isOvertaken)
        {
            report.Overtaken(order.NewestEncoder());
            return null;
        }
        catch (OperationCanceledException)
        {
            report.Interrupted();
            throw;
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

    ModelManifest? Last(string line) => registry.Newest(ModelKind.Recognizer, m => m.IsOf(line));

    /// <summary>Whether the last candidate made with pseudo-labels errs no less than the champion, or could not be published.</summary>
    bool CameToNothing(string line, ModelManifest last) => last.Number == pseudoLabelledAt.GetValueOrDefault(line)
        || !last.MayServe && last.Gate is not { Leads: true } && last.RecognizerScores?.PseudoLabelSeconds > 0;

    void Report(int teacherNumber, TunedCandidate candidate)
    {
        TuningMetrics.PseudoLabelSeconds.Set(candidate.Train.PseudoLabelSeconds);
        TuningMetrics.Judged(candidate.Judged, candidate.Labels.Line);
        if (candidate.PseudoLabels is { Recordings: > 0 } made)
            logger.PseudoLabelled(teacherNumber, candidate.Train.PseudoLabels.Count, made.Recordings, made.MinConfidence);
    }
}
