using System.Text.Json.Nodes;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.Rounds;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>
/// Publishes judged recognizers in the registry, as <c>candidate</c> unless they are broken, and promotes them, after a trial in the
/// champion's shadow where there is one.
/// </summary>
sealed class RecognizerPublisher(ModelRegistry registry, RecognizerLoader loader, DecodingRecipe decoding, ShadowTrial shadow)
{
    /// <param name="compared">The version it was compared with; null: none.</param>
    /// <exception cref="StaleEpochException">Another process fine-tunes now; nothing was published.</exception>
    public ModelManifest Publish(TunedCandidate candidate, ModelManifest encoder, int? compared, WriterEpoch epoch)
    {
        var judged = candidate.Judged;
        var draft = new ManifestDraft
        {
            Parent = compared,
            Line = candidate.Labels.Line == ModelId.DefaultLine ? null : candidate.Labels.Line,
            EncoderNumber = encoder.Number,
            AudioSecondsTrained = encoder.AudioSecondsTrained,
            Steps = encoder.Steps,
            Watermark = encoder.Watermark,
            Scores = Scores(candidate),
            Recipes = new Dictionary<string, JsonObject> { ["fine_tuning"] = candidate.Recipe.ToJson(), ["decoding"] = decoding.ToJson() },
            Gate = judged,
            Health = judged.Health,
        };
        var recognizer = candidate.Outcome.Recognizer;
        var manifest = registry.Publish(ModelKind.Recognizer, draft, epoch, folder => ModelFolder.SaveRecognizer(folder, recognizer));
        if (judged.Verdict != GateVerdicts.Broken) // requests may ask for the candidate
            registry.MoveAlias(ModelId.KeyOf(candidate.Labels.Line, ModelId.Candidate), manifest.Number, epoch, judged.Why);
        return manifest;
    }

    /// <summary>
    /// Promotes a published version if it loads and live audio does not speak against it; if not promoted, it stays the candidate, and the
    /// alias says why.
    /// </summary>
    /// <param name="judgedAgainst">The aliases when the champion that it was compared with was loaded.</param>
    /// <param name="beat">Called with every sign of life.</param>
    /// <param name="reason">Why it was not promoted.</param>
    /// <exception cref="StaleEpochException">Another process fine-tunes now; no alias was moved.</exception>
    public bool TryPromote(ModelManifest version, IReadOnlyDictionary<string, AliasEntry> judgedAgainst, WriterEpoch epoch, Action beat,
        out string reason, CancellationToken ct)
    {
        var line = version.Line ?? ModelId.DefaultLine;
        var champion = new Champion(registry, line);
        using (var loaded = loader.Load(version.Number, out reason))
        {
            if (loaded is null)
                return Refused(reason);
        }
        var heard = shadow.Run(version, judgedAgainst, epoch, beat, ct);
        if (heard.Against is { } against)
        {
            reason = against;
            if (!champion.Hold(version.Number, epoch, against))
                return true; // an operator was faster
            TuningMetrics.Held.WithLabels(line).Inc();
            return false;
        }
        var why = (version.Gate?.Why ?? version.Health) + (heard.InWords is { } words ? $"; {words}" : "");
        return champion.TryPromote(version.Number, version.Parent, judgedAgainst, epoch, why, out reason) || Refused(reason);

        bool Refused(string because)
        {
            if (registry.Aliases().GetValueOrDefault(ModelId.KeyOf(line, ModelId.Champion))?.Number == version.Number)
                return true; // an operator was faster
            registry.MoveAlias(ModelId.KeyOf(line, ModelId.Candidate), version.Number, epoch, $"passed the gate, not promoted: {because}");
            return false;
        }
    }

    /// <inheritdoc cref="ShadowTrial.Unfinished"/>
    public ModelManifest? OnTrial(IReadOnlyDictionary<string, AliasEntry> aliases) => shadow.Unfinished(aliases);

    static RecognizerScores Scores(TunedCandidate candidate)
    {
        var (outcome, figures, labels) = (candidate.Outcome, candidate.Figures, candidate.Labels);
        return new()
        {
            CharacterErrorRate = figures?.CharacterErrorRate ?? 0,
            WordErrorRate = figures?.WordErrorRate ?? 0,
            ChampionCharacterErrorRate = figures?.ChampionCharacterErrorRate,
            ChampionWordErrorRate = figures?.ChampionWordErrorRate,
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
