using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>The labelled set in memory, decoded: what to learn from and what to be judged by.</summary>
/// <param name="Problems">Lines and files that were left out, each with its reason.</param>
/// <param name="Unusable">Set when nothing can be learnt from it: why.</param>
sealed record LabelledSet(IReadOnlyList<LabelledUtterance> Train, IReadOnlyList<LabelledUtterance> HeldOut, IReadOnlyList<ManifestProblem> Problems, string? Unusable)
{
    public double TrainSeconds => Seconds(Train);

    public double HeldOutSeconds => Seconds(HeldOut);

    static double Seconds(IReadOnlyList<LabelledUtterance> utterances) => utterances.Sum(u => AudioFormat.SecondsOf(u.Samples.Length));
}
