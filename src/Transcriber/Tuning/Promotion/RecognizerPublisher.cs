using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Puts a judged recognizer into the registry as <c>candidate</c>, and promotes it.</summary>
sealed class RecognizerPublisher(ModelRegistry registry, RecognizerLoader loader, DecodingRecipe decoding)
{
    readonly Champion champion = new(registry);

    /// <param name="compared">Version that it was compared with; null: there was none.</param>
    /// <exception cref="StaleEpochException">Another process tunes now; nothing was published.</exception>
    public ModelManifest Publish(TunedCandidate candidate, ModelManifest encoder, LabelledSet labels, int? compared, WriterEpoch epoch)
    {
        var verdict = candidate.Judged.Verdict;
        var draft = new ManifestDraft
        {
            Parent = compared,
            EncoderNumber = encoder.Number,
            AudioSecondsTrained = encoder.AudioSecondsTrained,
            Steps = encoder.Steps,
            Watermark = encoder.Watermark,
            Scores = Scores(candidate, labels),
            Recipes = new Dictionary<string, JsonObject> { ["fine_tuning"] = candidate.Recipe.ToJson(), ["decoding"] = decoding.ToJson() },
            Health = verdict.Health,
        };
        var recognizer = candidate.Outcome.Recognizer;
        var manifest = registry.Publish(ModelKind.Recognizer, draft, epoch, folder => ModelFolder.SaveRecognizer(folder, recognizer));
        registry.MoveAlias(ModelId.Candidate, manifest.Number, epoch, verdict.Why);
        return manifest;
    }

    /// <summary>Promotes a published version that loads from the registry.</summary>
    /// <param name="judgedAgainst">The aliases when the champion that it was compared with was loaded.</param>
    /// <param name="reason">Why it is not the champion now.</param>
    /// <exception cref="StaleEpochException">Another process tunes now; no alias was moved.</exception>
    public bool TryPromote(
        ModelManifest version, IReadOnlyDictionary<string, AliasEntry> judgedAgainst, WriterEpoch epoch, string why, out string reason)
    {
        using var loaded = loader.Load(version.Number, out reason);
        return loaded is not null && champion.TryPromote(version.Number, version.Parent, judgedAgainst, epoch, why, out reason);
    }

    static RecognizerScores Scores(TunedCandidate candidate, LabelledSet labels)
    {
        var (outcome, judged) = (candidate.Outcome, candidate.Judged);
        return new()
        {
            CharacterErrorRate = judged.Candidate.CharacterErrorRate,
            WordErrorRate = judged.Candidate.WordErrorRate,
            ChampionCharacterErrorRate = judged.Champion?.CharacterErrorRate,
            ChampionWordErrorRate = judged.Champion?.WordErrorRate,
            HeldOutRecordings = labels.HeldOut.Count,
            HeldOutSeconds = labels.HeldOutSeconds,
            PseudoLabelSeconds = candidate.Train.PseudoLabelSeconds,
            FineTuningUpdates = outcome.Updates,
            FineTuningAudioSeconds = outcome.AudioSeconds,
            FineTuningSeconds = outcome.Took.TotalSeconds,
            FineTuningLoss = outcome.Loss,
        };
    }
}
