using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Labels;

/// <summary>An utterance with its text: a labelled recording, a piece of one, or a pseudo-label.</summary>
/// <param name="Text">Normalised.</param>
public sealed record LabelledUtterance(string Id, string Text, ReadOnlyMemory<short> Samples) : Utterance(Id, Samples)
{
    /// <summary>The words of the text with their times; null: not known.</summary>
    public IReadOnlyList<TranscribedWord>? Words { get; init; }
}
