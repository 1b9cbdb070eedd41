using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>Utterances that a fine-tuning trains on.</summary>
/// <param name="Labels">True labels. Vocabulary, n-grams and the head's initial bias come from these alone.</param>
/// <param name="PseudoLabels">May be empty.</param>
/// <param name="TrueShare">Desired share of audio with true labels in an epoch, 0 to 1.</param>
sealed record TrainingSet(IReadOnlyList<LabelledUtterance> Labels, IReadOnlyList<LabelledUtterance> PseudoLabels, double TrueShare)
{
    public TrainingSet(IReadOnlyList<LabelledUtterance> labels) : this(labels, [], 1)
    {
    }

    /// <summary>Of the texts.</summary>
    public TextPolicy Policy { get; init; } = new();
    /// <summary>Held out from training; only their loss is looked at. True labels too, so their texts count as labels.</summary>
    public IReadOnlyList<LabelledUtterance> Validation { get; init; } = [];
    /// <summary>Of all true labels.</summary>
    public IEnumerable<string> Texts => Labels.Concat(Validation).Select(u => u.Text);
    /// <summary>True labels first.</summary>
    public IReadOnlyList<LabelledUtterance> Utterances { get; } = [.. Labels, .. PseudoLabels];

    public double LabelSeconds => Labels.Sum(u => u.DurationSeconds);
    /// <summary>Audio of an epoch.</summary>
    public double EpochSeconds => Epoch.Sum(u => Utterances[u].DurationSeconds);
    public double PseudoLabelSeconds => PseudoLabels.Sum(u => u.DurationSeconds);

    /// <summary>Indices into <see cref="Utterances"/>; true labels are repeated to reach their share.</summary>
    public IReadOnlyList<int> Epoch { get; } = EpochOf(Labels, PseudoLabels, TrueShare);

    /// <summary>The same with its recordings in pieces.</summary>
    public TrainingSet With(IReadOnlyList<LabelledUtterance> labels, IReadOnlyList<LabelledUtterance> pseudoLabels) =>
        new(labels, pseudoLabels, TrueShare) { Policy = Policy, Validation = Validation };

    static int[] EpochOf(IReadOnlyList<LabelledUtterance> labels, IReadOnlyList<LabelledUtterance> pseudoLabels, double trueShare)
    {
        var (trueSeconds, pseudoSeconds) = (labels.Sum(u => u.DurationSeconds), pseudoLabels.Sum(u => u.DurationSeconds));
        var times = pseudoLabels.Count == 0 ? 1 : Math.Max(1, (int)Math.Round(trueShare / (1 - trueShare) * pseudoSeconds / trueSeconds));
        return [.. Enumerable.Repeat(Enumerable.Range(0, labels.Count), times).SelectMany(all => all),
            .. Enumerable.Range(labels.Count, pseudoLabels.Count)];
    }
}
