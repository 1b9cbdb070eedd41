using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>The labelled set in memory, decoded.</summary>
/// <param name="HeldOut">What the gate scores on.</param>
/// <param name="Problems">Lines and files that were left out, with the reason.</param>
/// <param name="Unusable">Why nothing can be learnt from it; null: it can.</param>
sealed record LabelledSet(
    IReadOnlyList<LabelledUtterance> Train, IReadOnlyList<LabelledUtterance> HeldOut, IReadOnlyList<ManifestProblem> Problems, string? Unusable)
{
    public double TrainSeconds => Train.Sum(u => u.DurationSeconds);

    public double HeldOutSeconds => HeldOut.Sum(u => u.DurationSeconds);

    /// <summary>The recordings that have enough of an encoder's frames for their text; CTC needs one a letter and a blank between two equal ones.</summary>
    /// <param name="refused">The others, by name, with the reason. A text that long mostly belongs to another recording.</param>
    public LabelledSet Fitting(FeatureExtractor extractor, out IReadOnlyList<string> refused)
    {
        var (letters, problems) = (Vocabulary.FromTexts(Train.Select(u => u.Text)), new List<string>());
        var (train, heldOut) = (Train.Where(Fits).ToArray(), HeldOut.Where(Fits).ToArray());
        refused = problems;
        var missing = train.Length == 0 ? "training" : heldOut.Length == 0 ? "held-out" : null;
        return this with { Train = train, HeldOut = heldOut, Unusable = Unusable ?? (missing is null ? null : $"no {missing} recording has enough frames for its text") };

        bool Fits(LabelledUtterance utterance)
        {
            var (labels, frames) = (letters.Encode(utterance.Text), extractor.FramesOf(utterance.Samples.Length));
            if (CtcAlignment.Fits(labels, frames))
                return true;
            problems.Add($"{utterance.Id}: its {labels.Length} letters do not fit into {frames} frames of {1000 * extractor.FrameSeconds:0} ms");
            return false;
        }
    }
}
