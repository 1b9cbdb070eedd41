using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Puts a judged recognizer into the registry as <c>candidate</c>, and moves <c>champion</c> and <c>previous</c> when it is to serve.</summary>
sealed class RecognizerPublisher(FolderRegistry registry)
{
    /// <param name="champion">Version that it was compared with.</param>
    /// <exception cref="StaleEpochException">Another Transcriber has taken over; nothing was published.</exception>
    public ModelManifest Publish(TunedCandidate candidate, ModelManifest encoder, LabelledSet labels, int? champion, WriterEpoch epoch)
    {
        var verdict = candidate.Judged.Verdict;
        var draft = new ManifestDraft
        {
            Parent = champion,
            EncoderNumber = encoder.Number,
            AudioSecondsTrained = encoder.AudioSecondsTrained,
            Steps = encoder.Steps,
            Watermark = encoder.Watermark,
            Scores = Scores(candidate, labels),
            Recipes = new Dictionary<string, JsonObject> { ["fine_tuning"] = candidate.Recipe.ToJson() },
            Health = verdict.Health,
        };
        var manifest = registry.Publish(ModelKind.Recognizer, draft, epoch, folder => ModelFolder.SaveRecognizer(folder, candidate.Outcome.Recognizer));
        registry.MoveAlias(ModelId.Candidate, manifest.Number, epoch, verdict.Why);
        return manifest;
    }

    /// <exception cref="StaleEpochException">Another Transcriber has taken over; the aliases stand as before.</exception>
    public void Promote(int number, int? champion, WriterEpoch epoch, string why) => ChampionAlias.Move(registry, number, champion, epoch, why);

    static Dictionary<string, double> Scores(TunedCandidate candidate, LabelledSet labels)
    {
        var (outcome, judged) = (candidate.Outcome, candidate.Judged);
        var scores = new Dictionary<string, double>
        {
            [ScoreNames.CharacterErrorRate] = judged.Candidate.CharacterErrorRate,
            [ScoreNames.WordErrorRate] = judged.Candidate.WordErrorRate,
            [ScoreNames.HeldOutRecordings] = labels.HeldOut.Count,
            [ScoreNames.HeldOutSeconds] = labels.HeldOutSeconds,
            [ScoreNames.PseudoLabelSeconds] = candidate.Train.PseudoLabelSeconds,
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
