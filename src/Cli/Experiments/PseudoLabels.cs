using Ssl.Shared.Labels;
using Ssl.Shared.Recognition;

namespace Ssl.Cli.Experiments;

/// <summary>
/// Labels that a recognizer gives to recordings that have none: the next fine-tuning learns from them beside the true ones (noisy student, arXiv 2005.09629).
/// Kept are the recordings it is most sure of. Not part of the service as long as no experiment shows that it helps.
/// </summary>
static class PseudoLabels
{
    const double BatchAudioSeconds = 40;

    /// <param name="recordings">Their texts are not looked at.</param>
    /// <param name="keptShare">Of the recordings with any text, by confidence, 0 to 1.</param>
    /// <returns>The kept recordings with what was heard in them, in their order.</returns>
    public static IReadOnlyList<LabelledUtterance> Of(Func<IReadOnlyList<ReadOnlyMemory<short>>, IReadOnlyList<Transcription>> transcribe, IReadOnlyList<LabelledUtterance> recordings, double keptShare, CancellationToken ct)
    {
        var heard = new List<(LabelledUtterance Utterance, double Confidence)>();
        foreach (var batch in LengthBatches.Of(recordings, BatchAudioSeconds))
        {
            ct.ThrowIfCancellationRequested();
            heard.AddRange(batch.Zip(transcribe([.. batch.Select(u => u.Samples)]), (u, t) => (u with { Text = t.Text }, t.Confidence)).Where(h => h.Item1.Text.Length > 0));
        }
        var kept = heard.OrderByDescending(h => h.Confidence).Take((int)Math.Ceiling(keptShare * heard.Count)).Select(h => h.Utterance).ToDictionary(u => u.Id);
        return [.. recordings.Where(r => kept.ContainsKey(r.Id)).Select(r => kept[r.Id])];
    }

    /// <summary>True labels as often as it takes for them to be a share of the audio.</summary>
    public static IReadOnlyList<LabelledUtterance> Mixed(IReadOnlyList<LabelledUtterance> labels, IReadOnlyList<LabelledUtterance> pseudo, double trueShare)
    {
        static double Samples(IEnumerable<LabelledUtterance> utterances) => utterances.Sum(u => (double)u.Samples.Length);
        var times = Math.Max(1, (int)Math.Round(trueShare / (1 - trueShare) * Samples(pseudo) / Samples(labels)));
        return [.. Enumerable.Repeat(labels, times).SelectMany(l => l), .. pseudo];
    }
}
