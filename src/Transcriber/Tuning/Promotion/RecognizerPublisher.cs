using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Puts a judged recognizer into the registry as <c>candidate</c>, and moves <c>champion</c> and <c>previous</c> when it is to serve.</summary>
sealed class RecognizerPublisher(FolderRegistry registry, RecognizerLoader loader)
{
    /// <exception cref="StaleEpochException">Another Transcriber has taken over; nothing was published.</exception>
    public ModelManifest Publish(FineTuningOutcome outcome, ModelManifest encoder, JudgedCandidate judged, LabelledSet labels, TrainingSet train, WriterEpoch epoch)
    {
        var draft = new ManifestDraft
        {
            Parent = judged.ChampionNumber,
            EncoderNumber = encoder.Number,
            AudioSecondsTrained = encoder.AudioSecondsTrained,
            Steps = encoder.Steps,
            Watermark = encoder.Watermark,
            Scores = Scores(outcome, judged, labels, train),
            Health = judged.Verdict.Health,
        };
        var manifest = registry.Publish(ModelKind.Recognizer, draft, epoch, folder => ModelFolder.SaveRecognizer(folder, outcome.Recognizer));
        registry.MoveAlias(ModelId.Candidate, manifest.Number, epoch, judged.Verdict.Why);
        return manifest;
    }

    /// <summary>Promotes a published version that loads from the registry.</summary>
    /// <param name="reason">Why it was not promoted.</param>
    /// <exception cref="StaleEpochException">Another process tunes now; no alias was moved.</exception>
    public bool TryPromote(int number, JudgedCandidate judged, WriterEpoch epoch, out string reason)
    {
        using (var loaded = loader.Load(number, out reason))
        {
            if (loaded is null)
                return false;
        }
        ChampionAlias.Move(registry, number, judged.ChampionNumber, epoch, judged.Verdict.Why);
        return true;
    }

    static Dictionary<string, double> Scores(FineTuningOutcome outcome, JudgedCandidate judged, LabelledSet labels, TrainingSet train)
    {
        var scores = new Dictionary<string, double>
        {
            [ScoreNames.CharacterErrorRate] = judged.Candidate.CharacterErrorRate,
            [ScoreNames.WordErrorRate] = judged.Candidate.WordErrorRate,
            [ScoreNames.HeldOutRecordings] = labels.HeldOut.Count,
            [ScoreNames.HeldOutSeconds] = labels.HeldOutSeconds,
            [ScoreNames.PseudoLabelSeconds] = train.PseudoLabelSeconds,
            [ScoreNames.FineTuningUpdates] = outcome.Updates,
            [ScoreNames.FineTuningAudioSeconds] = outcome.AudioSeconds,
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
