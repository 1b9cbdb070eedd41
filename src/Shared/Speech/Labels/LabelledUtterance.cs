using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Labels;

/// <summary>A labelled recording in memory.</summary>
/// <param name="Id">As the manifest spells its path.</param>
/// <param name="Text">Normalised.</param>
/// <param name="Samples">16 kHz mono PCM16.</param>
public sealed record LabelledUtterance(string Id, string Text, ReadOnlyMemory<short> Samples)
{
    /// <summary>The words of the text and when they are spoken, where that is known.</summary>
    public IReadOnlyList<TranscribedWord>? Words { get; init; }
}
