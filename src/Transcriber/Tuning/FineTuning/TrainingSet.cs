using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.FineTuning;

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
    public IReadOnlyList<int> Epoch { get; } = EpochOf(Labels, PseudoLabels, TrueShare);

    static int[] EpochOf(IReadOnlyList<LabelledUtterance> labels, IReadOnlyList<LabelledUtterance> pseudoLabels, double trueShare)
    {
        var times = pseudoLabels.Count == 0 ? 1 : Math.Max(1, (int)Math.Round(trueShare / (1 - trueShare) * Seconds(pseudoLabels) / Seconds(labels)));
        return [.. Enumerable.Repeat(Enumerable.Range(0, labels.Count), times).SelectMany(all => all), .. Enumerable.Range(labels.Count, pseudoLabels.Count)];
    }

    static double Seconds(IEnumerable<LabelledUtterance> utterances) => utterances.Sum(u => AudioFormat.SecondsOf(u.Samples.Length));
}
