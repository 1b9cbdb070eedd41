using Ssl.Shared.Recognition;
using Ssl.Shared.Registry;
using Ssl.Transcriber.FineTuning;
using Ssl.Transcriber.Gate;
using Ssl.Transcriber.Serving;

namespace Ssl.Transcriber.Promotion;

/// <summary>Puts a judged recognizer into the registry and moves the aliases: <c>candidate</c> always, <c>champion</c> and <c>previous</c> when it was promoted.</summary>
sealed class RecognizerPublisher(FolderRegistry registry)
{
    /// <exception cref="StaleEpochException">Another Transcriber has taken over; nothing was published.</exception>
    public ModelManifest Publish(FineTuningOutcome outcome, ModelManifest encoder, JudgedCandidate judged, LabelledSet labels, WriterEpoch epoch)
    {
        var draft = new ManifestDraft
        {
            Parent = judged.ChampionNumber,
            EncoderNumber = encoder.Number,
            AudioSecondsTrained = encoder.AudioSecondsTrained,
            Steps = encoder.Steps,
            Watermark = encoder.Watermark,
            Scores = Scores(outcome, judged, labels),
            Health = judged.Verdict.Health,
        };
        var manifest = registry.Publish(ModelKind.Recognizer, draft, epoch, folder => ModelFolder.SaveRecognizer(folder, outcome.Recognizer.Model, outcome.Recognizer.Vocabulary));
        registry.MoveAlias(ModelId.Candidate, manifest.Number, epoch, judged.Verdict.Why);
        if (judged.Verdict.IsPromoted)
        {
            if (judged.ChampionNumber is { } former)
                registry.MoveAlias(ModelId.Previous, former, epoch, $"was champion before {manifest.Number}");
            registry.MoveAlias(ModelId.Champion, manifest.Number, epoch, judged.Verdict.Why);
        }
        return manifest;
    }

    static Dictionary<string, double> Scores(FineTuningOutcome outcome, JudgedCandidate judged, LabelledSet labels)
    {
        var scores = new Dictionary<string, double>
        {
            [ScoreNames.CharacterErrorRate] = judged.Candidate.CharacterErrorRate,
            [ScoreNames.WordErrorRate] = judged.Candidate.WordErrorRate,
            [ScoreNames.HeldOutRecordings] = labels.HeldOut.Count,
            [ScoreNames.HeldOutSeconds] = labels.HeldOutSeconds,
            [ScoreNames.FineTuningUpdates] = outcome.Updates,
            [ScoreNames.FineTuningSeconds] = outcome.Took.TotalSeconds,
            [ScoreNames.FineTuningLoss] = outcome.Loss,
        };
        if (judged.Champion is { } champion)
        {
            scores[ScoreNames.ChampionCharacterErrorRate] = champion.CharacterErrorRate;
            scores[ScoreNames.ChampionWordErrorRate] = champion.WordErrorRate;
        }
        return scores;
    }
}
