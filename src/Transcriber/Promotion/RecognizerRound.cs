using Ssl.Shared.Model;
using Ssl.Shared.Recognition;
using Ssl.Shared.Registry;
using Ssl.Transcriber.FineTuning;
using Ssl.Transcriber.Gate;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Promotion;

/// <summary>One turn of the loop: from an encoder version and the labels to a recognizer that was judged, published and, if it is good enough, serves.</summary>
sealed class RecognizerRound(
    FolderRegistry registry, FineTuner tuner, RecognizerPublisher publisher, ChampionSwap swap, ServingSlot slot, FineTuningOptions options, GateOptions gate, ILogger<RecognizerRound> logger)
{
    /// <param name="beat">Called with every sign of life.</param>
    /// <returns>True when a version was published: the aliases have moved.</returns>
    /// <exception cref="StaleEpochException">Another Transcriber has taken over.</exception>
    public bool Run(int encoderNumber, LabelledSet labels, WriterEpoch epoch, Action beat, CancellationToken ct)
    {
        if (Open(encoderNumber) is not { } encoder)
            return false;
        logger.FineTuningStarted(encoderNumber, labels.Train.Count, labels.TrainSeconds, Budget());
        var outcome = FineTune(encoder, labels, beat, ct);
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
            var manifest = publisher.Publish(outcome, encoder.Manifest, judged, labels, epoch);
            logger.Judged(manifest.Number, encoderNumber, judged.Verdict.Label, judged.Verdict.Why, judged.Candidate.WordErrorRate);
            if (judged.Verdict.IsPromoted)
                swap.Swap(manifest.Number, () => publisher.Promote(manifest.Number, judged, epoch));
            return true;
        }
    }

    TimeSpan Budget() => registry.List(ModelKind.Recognizer).Count == 0 ? options.FirstBudget : options.Budget;

    VersionFolder? Open(int encoderNumber)
    {
        var encoder = registry.Open(ModelKind.Encoder, encoderNumber, out var reason);
        if (encoder is null)
            logger.EncoderUnusable(encoderNumber, reason);
        return encoder;
    }

    FineTuningOutcome? FineTune(VersionFolder encoder, LabelledSet labels, Action beat, CancellationToken ct)
    {
        try
        {
            using var pretrained = ModelFolder.LoadEncoder(encoder.Path);
            using var former = options.WarmStart ? Former(encoder.Manifest) : null;
            return tuner.Run(pretrained, former, labels.Train, new FineTuningBudget(Budget(), options.MaxUpdates), _ => Updated(), ct);

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

    /// <summary>The champion; before there is one, what the last round made, for even a refused beginning need not be made twice. Null, and the round begins anew, where it or its encoder is gone or damaged, or the new encoder did not come from that one: then what was taught means nothing to it.</summary>
    FormerRecognizer? Former(ModelManifest newest)
    {
        var aliases = registry.Aliases();
        if (!aliases.TryGetValue(ModelId.Champion, out var entry) && !aliases.TryGetValue(ModelId.Candidate, out entry))
            return null;
        if (registry.Open(ModelKind.Recognizer, entry.Number, out _) is not { Manifest.EncoderNumber: { } madeFrom } version || !Descends(newest, madeFrom) || registry.Open(ModelKind.Encoder, madeFrom, out _) is not { } encoder)
            return null;
        SpeechEncoder? origin = null;
        try
        {
            origin = ModelFolder.LoadEncoder(encoder.Path);
            return new FormerRecognizer(ModelFolder.LoadRecognizer(version.Path), origin);
        }
        catch (InvalidModelException)
        {
            origin?.Dispose();
            return null;
        }
    }

    /// <summary>Whether an encoder is that version or was trained on from it, as far as the versions that are kept tell.</summary>
    bool Descends(ModelManifest encoder, int from)
    {
        var parents = registry.List(ModelKind.Encoder).ToDictionary(m => m.Number, m => m.Parent);
        int? number = encoder.Number;
        while (number > from)
            number = parents.GetValueOrDefault(number.Value) is { } parent && parent < number ? parent : null; // a version is made after its parent
        return number == from;
    }

    JudgedCandidate Judge(FineTuningOutcome outcome, LabelledSet labels, CancellationToken ct)
    {
        var candidate = HeldOutScorer.Score(outcome.Recognizer.Transcribe, labels.HeldOut, ct);
        if (!double.IsFinite(outcome.Loss))
            candidate = candidate with { IsFinite = false };
        using var lease = slot.TryLease();
        var champion = lease is null ? null : HeldOutScorer.Score(lease.Run, labels.HeldOut, ct);
        return new JudgedCandidate(candidate, champion, lease?.Model.Number, PromotionGate.Judge(candidate, champion, gate));
    }
}
