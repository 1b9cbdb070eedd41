using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>What a recognizer learns from and is scored on; drawn when it is first used.</summary>
/// <param name="labels">True ones.</param>
/// <param name="unlabelled">Recordings for pseudo-labels. Those that have true labels are among them; the round leaves them out.</param>
/// <param name="heldOut">By the name of the split.</param>
sealed class SpeechTask(
    Func<IReadOnlyList<LabelledUtterance>> labels,
    Func<IReadOnlyList<CorpusRecording>> unlabelled,
    Func<IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>>> heldOut)
{
    readonly Lazy<IReadOnlyList<LabelledUtterance>> labels = new(labels);
    readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>>> heldOut = new(heldOut);

    public IReadOnlyList<LabelledUtterance> Labels => labels.Value;

    public IReadOnlyList<Utterance> Unlabelled => [.. unlabelled().Select(r => r.Utterance)];

    public IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> HeldOut => heldOut.Value;
}
