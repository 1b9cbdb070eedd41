using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Scores a recognizer on held-out recordings.</summary>
static class HeldOutScorer
{
    const double BatchAudioSeconds = 40;

    public static GateScore Score(Transcribe transcribe, TextReading reading, IReadOnlyList<LabelledUtterance> heldOut, CancellationToken ct)
    {
        var (words, characters, finite) = (ErrorCounts.None, ErrorCounts.None, true);
        var heard = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in LengthBatches.Of(heldOut, BatchAudioSeconds))
        {
            ct.ThrowIfCancellationRequested();
            var transcriptions = transcribe([.. batch.Select(u => u.Samples)], reading);
            foreach (var (utterance, transcription) in batch.Zip(transcriptions))
            {
                words += ErrorRate.Words(utterance.Text, transcription.Text);
                characters += ErrorRate.Characters(utterance.Text, transcription.Text);
                finite &= double.IsFinite(transcription.Confidence);
                heard.Add(transcription.Text);
            }
        }
        var differ = heldOut.Select(u => u.Text).Distinct(StringComparer.Ordinal).Skip(1).Any();
        return new GateScore(words.Rate, characters.Rate, finite, differ && heard.Count == 1);
    }
}
