using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>Labels that a recognizer has given to recordings that have none: to those that it is surest of.</summary>
/// <param name="Kept">Recordings with what was heard in them.</param>
/// <param name="LeastConfidence">Of the kept: mean over frames of the best label's probability, 0 to 1; not a number where none is kept.</param>
sealed record PseudoLabels(IReadOnlyList<LabelledUtterance> Kept, double LeastConfidence)
{
    const double BatchAudioSeconds = 40;

    /// <param name="keptShare">Of the recordings with any text, by confidence, 0 to 1.</param>
    /// <param name="goOn">Asked before each batch; false: what is left is not listened to.</param>
    public static PseudoLabels Of(Transcribe transcribe, IReadOnlyList<Utterance> recordings, double keptShare, Func<bool> goOn, CancellationToken ct)
    {
        var heard = new List<(LabelledUtterance Utterance, double Confidence)>();
        var batches = LengthBatches.Of(recordings, BatchAudioSeconds).ToArray();
        new Random(recordings.Count).Shuffle(batches); // where time ends it, long and short ones were heard alike
        foreach (var batch in batches.TakeWhile(_ => goOn()))
        {
            ct.ThrowIfCancellationRequested();
            heard.AddRange(batch.Zip(transcribe([.. batch.Select(u => u.Samples)], TextReading.Letters), (u, t) => (new LabelledUtterance(u.Id, t.Text, u.Samples) { Words = t.Words }, t.Confidence)).Where(h => h.Item1.Text.Length > 0));
        }
        var kept = heard.OrderByDescending(h => h.Confidence).Take((int)Math.Ceiling(keptShare * heard.Count)).ToArray();
        return new PseudoLabels([.. kept.Select(h => h.Utterance)], kept.Length > 0 ? kept[^1].Confidence : double.NaN);
    }
}
