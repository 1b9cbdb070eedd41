using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>What a recognizer made of a labelled recording.</summary>
/// <param name="Text">Under the policy of the labels.</param>
/// <param name="Confidence">0 to 1; not a number if the output is not.</param>
sealed record ScoredRecording(LabelledUtterance Recording, string Text, double Confidence)
{
    public ErrorCounts Words { get; } = ErrorRate.Words(Recording.Text, Text);
    public ErrorCounts Characters { get; } = ErrorRate.Characters(Recording.Text, Text);

    public ErrorCounts By(GateMetric metric) => metric == GateMetric.WordErrorRate ? Words : Characters;
}
