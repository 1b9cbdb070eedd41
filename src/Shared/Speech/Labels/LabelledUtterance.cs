using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Shared.Speech.Labels;

/// <summary>An utterance with its text: a labelled recording, a piece of one, or a pseudo-label.</summary>
/// <param name="Text">Normalised.</param>
public sealed record LabelledUtterance(string Id, string Text, ReadOnlyMemory<short> Samples) : Utterance(Id, Samples)
{
    /// <summary>The words with their times; null: unknown.</summary>
    public IReadOnlyList<TranscribedWord>? Words { get; init; }
    /// <summary>Who speaks; null: unknown.</summary>
    public string? Speaker { get; init; }
    /// <summary>A free name of what it is a sample of (<c>telephone</c>, <c>dictation</c>), for scores by domain; null: none.</summary>
    public string? Domain { get; init; }
}
