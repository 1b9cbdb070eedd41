using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Normalisation;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Scores a recognizer on held-out recordings.</summary>
static class HeldOutScorer
{
    const double BatchAudioSeconds = 40;

    public static GateScore Score(
        Transcribe transcribe, TextReading reading, IReadOnlyList<LabelledUtterance> heldOut, CancellationToken ct)
    {
        var heard = Transcripts(transcribe, reading, heldOut, new TextPolicy(), ct);
        return new GateScore(
            heard.Aggregate(ErrorCounts.None, (sum, r) => sum + r.Words).Rate,
            heard.Aggregate(ErrorCounts.None, (sum, r) => sum + r.Characters).Rate);
    }

    /// <param name="policy">Of the labels; applied to the transcripts too.</param>
    /// <returns>In an order that depends on the recordings alone.</returns>
    public static IReadOnlyList<ScoredRecording> Transcripts(
        Transcribe transcribe, TextReading reading, IReadOnlyList<LabelledUtterance> heldOut, TextPolicy policy, CancellationToken ct)
    {
        var heard = new List<ScoredRecording>(heldOut.Count);
        foreach (var batch in LengthBatches.Of(heldOut, BatchAudioSeconds))
        {
            ct.ThrowIfCancellationRequested();
            var transcriptions = transcribe([.. batch.Select(u => u.Samples)], reading);
            heard.AddRange(batch.Zip(transcriptions, (u, t) => new ScoredRecording(u, policy.Apply(t.Text), t.Confidence)));
        }
        return heard;
    }
}
