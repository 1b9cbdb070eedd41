using Ssl.Shared.Speech.Labels;

namespace Ssl.Experiments;

/// <summary>What a recognizer learns from and is scored on; drawn when it is first used.</summary>
/// <param name="labels">True ones.</param>
/// <param name="heardToo">Recordings that pseudo-labels may be made of; their texts are not read, and those with labels are left out.</param>
/// <param name="heldOut">By the name of the split.</param>
sealed class SpeechTask(
    Func<IReadOnlyList<LabelledUtterance>> labels, Func<IEnumerable<CorpusRecording>> heardToo, Func<IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>>> heldOut)
{
    readonly Lazy<IReadOnlyList<LabelledUtterance>> labels = new(labels);
    readonly Lazy<IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>>> heldOut = new(heldOut);

    public IReadOnlyList<LabelledUtterance> Labels => labels.Value;

    public IEnumerable<LabelledUtterance> Unlabelled => heardToo().Select(r => r.Utterance).ExceptBy(Labels.Select(l => l.Id), r => r.Id);

    public IReadOnlyDictionary<string, IReadOnlyList<LabelledUtterance>> HeldOut => heldOut.Value;
}
