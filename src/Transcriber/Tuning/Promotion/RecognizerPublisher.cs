using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tuning.Promotion;

/// <summary>Puts a judged recognizer into the registry as <c>candidate</c>, and moves <c>champion</c> and <c>previous</c> when it is to serve.</summary>
sealed class RecognizerPublisher(ModelRegistry registry, RecognizerLoader loader)
{
    readonly Champion champion = new(registry);

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
    /// <param name="reason">Why it is not the champion now.</param>
    /// <exception cref="StaleEpochException">Another process tunes now; no alias was moved.</exception>
    public bool TryPromote(int number, JudgedCandidate judged, WriterEpoch epoch, out string reason)
    {
        using var loaded = loader.Load(number, out reason);
        return loaded is not null
            && champion.TryPromote(number, judged.ChampionNumber, judged.Aliases, epoch, judged.Verdict.Why, out reason);
    }

    static RecognizerScores Scores(FineTuningOutcome outcome, JudgedCandidate judged, LabelledSet labels, TrainingSet train) => new()
    {
        CharacterErrorRate = judged.Candidate.CharacterErrorRate,
        WordErrorRate = judged.Candidate.WordErrorRate,
        ChampionCharacterErrorRate = judged.Champion?.CharacterErrorRate,
        ChampionWordErrorRate = judged.Champion?.WordErrorRate,
        HeldOutRecordings = labels.HeldOut.Count,
        HeldOutSeconds = labels.HeldOutSeconds,
        PseudoLabelSeconds = train.PseudoLabelSeconds,
        FineTuningUpdates = outcome.Updates,
        FineTuningAudioSeconds = outcome.AudioSeconds,
        FineTuningSeconds = outcome.Took.TotalSeconds,
        FineTuningLoss = outcome.Loss,
    };
}
