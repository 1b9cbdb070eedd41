using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.ActiveLearning;

/// <summary>A segment of the stream that could be labelled, and what the choice depends on.</summary>
/// <param name="Seconds">Duration.</param>
/// <param name="Vector"><see cref="AcousticVector"/>.</param>
sealed record UnlabelledSegment(string Id, double Seconds, float[] Vector)
{
    /// <summary>What it is known by to labels, of an id of <see cref="SegmentId"/>.</summary>
    public string Audio => Id[(Id.LastIndexOf('-') + 1)..];
    /// <summary>By the champion; empty: there is none.</summary>
    public string Text { get; init; } = "";
    /// <summary>Of the champion, 0 to 1 (<see cref="Transcription.Confidence"/>); null: there is none.</summary>
    public double? Confidence { get; init; }
    /// <summary>Character error between the texts of the champion and of the version before it; null: one of them is missing.</summary>
    public double? Disagreement { get; init; }
}
