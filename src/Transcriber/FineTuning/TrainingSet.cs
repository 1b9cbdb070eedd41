using Ssl.Shared.Contracts;
using Ssl.Shared.Labels;

namespace Ssl.Transcriber.FineTuning;

/// <summary>What a fine-tuning learns from.</summary>
/// <param name="Labels">True ones. Vocabulary, n-grams and the head's beginning come from these alone.</param>
/// <param name="PseudoLabels">What a recognizer heard in recordings without labels; may be none.</param>
/// <param name="TrueShare">About what share of the audio is to have true labels, 0 to 1.</param>
sealed record TrainingSet(IReadOnlyList<LabelledUtterance> Labels, IReadOnlyList<LabelledUtterance> PseudoLabels, double TrueShare)
{
    public TrainingSet(IReadOnlyList<LabelledUtterance> labels) : this(labels, [], 1)
    {
    }

    /// <summary>All recordings, the true labels first.</summary>
    public IReadOnlyList<LabelledUtterance> Utterances { get; } = [.. Labels, .. PseudoLabels];

    public double LabelSeconds => Seconds(Labels);

    public double PseudoLabelSeconds => Seconds(PseudoLabels);

    /// <summary>What is taken once an epoch, as indices into <see cref="Utterances"/>: true labels come as often as their share needs.</summary>
    public int[] Epoch()
    {
        var times = PseudoLabels.Count == 0 ? 1 : Math.Max(1, (int)Math.Round(TrueShare / (1 - TrueShare) * PseudoLabelSeconds / LabelSeconds));
        return [.. Enumerable.Repeat(Enumerable.Range(0, Labels.Count), times).SelectMany(labels => labels), .. Enumerable.Range(Labels.Count, PseudoLabels.Count)];
    }

    static double Seconds(IEnumerable<LabelledUtterance> utterances) => utterances.Sum(u => AudioFormat.SecondsOf(u.Samples.Length));
}
