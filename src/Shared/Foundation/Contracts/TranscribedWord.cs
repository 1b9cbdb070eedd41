using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Contracts;

/// <summary>A word and when it is spoken, in seconds from the start of the audio.</summary>
public sealed record TranscribedWord(string Word, double StartSeconds, double EndSeconds)
{
    /// <summary>Geometric mean of the probabilities of its letters, 0 to 1; null: not known.</summary>
    public double? Confidence { get; init; }

    /// <summary>Not on topics. The first letter of a word after another one has the space before it; letters add up to the text.</summary>
    [JsonIgnore]
    public IReadOnlyList<TranscribedLetter> Letters { get; init; } = [];
}
