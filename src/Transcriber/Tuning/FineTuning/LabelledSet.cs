using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>The labelled set of a line in memory, decoded, in parts that share no recording.</summary>
/// <param name="HeldOut">The gate set: every candidate is scored on it.</param>
/// <param name="Problems">Lines and files that were left out, with the reason.</param>
/// <param name="Unusable">Why it cannot be trained on; null: it can.</param>
sealed record LabelledSet(
    IReadOnlyList<LabelledUtterance> Train, IReadOnlyList<LabelledUtterance> HeldOut,
    IReadOnlyList<ManifestProblem> Problems, string? Unusable)
{
    /// <summary>The line of recognizers that is trained on it (<see cref="ModelId"/>).</summary>
    public string Line { get; init; } = ModelId.DefaultLine;
    /// <summary>The hidden gate set: scored on only where a candidate would be promoted. Empty where there are too few labels.</summary>
    public IReadOnlyList<LabelledUtterance> HiddenGate { get; init; } = [];
    /// <summary>Gate sets of the other lines: no pseudo-label may be made of them either.</summary>
    public IReadOnlyList<LabelledUtterance> HeldOutElsewhere { get; init; } = [];
    /// <summary>Applied to the texts, and to a recognizer's output before the two are compared.</summary>
    public TextPolicy Policy { get; init; } = new();
    public Vocabulary Letters => Vocabulary.FromTexts(Train.Select(u => u.Text), Policy);
    public double TrainSeconds => Train.Sum(u => u.DurationSeconds);
    public double HeldOutSeconds => HeldOut.Sum(u => u.DurationSeconds);

    /// <summary>The recordings with enough frames for their text: CTC needs one a letter, and a blank between two equal letters.</summary>
    /// <param name="refused">The others, with the reason. Such a text mostly belongs to another recording.</param>
    public LabelledSet Fitting(FeatureExtractor extractor, out IReadOnlyList<string> refused)
    {
        var (letters, problems) = (Letters, new List<string>());
        var (train, heldOut) = (Train.Where(Fits).ToArray(), HeldOut.Where(Fits).ToArray());
        refused = problems;
        var missing = train.Length == 0 ? "training" : heldOut.Length == 0 ? "held-out" : null;
        return this with
        {
            Train = train,
            HeldOut = heldOut,
            HiddenGate = [.. HiddenGate.Where(Fits)],
            Unusable = Unusable ?? (missing is null ? null : $"no {missing} recording has enough frames for its text"),
        };

        bool Fits(LabelledUtterance utterance)
        {
            var (labels, frames) = (letters.Encode(utterance.Text), extractor.FramesOf(utterance.Samples.Length));
            if (CtcAlignment.Fits(labels, frames))
                return true;
            problems.Add(
                $"{utterance.Id}: its {labels.Length} letters do not fit into {frames} frames of {1000 * extractor.FrameSeconds:0} ms");
            return false;
        }
    }
}
