using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>A recognizer's transcripts of unlabelled recordings, those of the highest confidence.</summary>
/// <param name="Recordings">Number of unlabelled recordings, transcribed or not.</param>
/// <param name="MinConfidence">Of those kept: mean over frames of the best label's probability, 0 to 1; NaN if none was kept.</param>
sealed record PseudoLabels(IReadOnlyList<LabelledUtterance> Kept, int Recordings, double MinConfidence)
{
    const double BatchAudioSeconds = 40;

    /// <summary>Decodes with n-grams of letters: known words would be put in place of unclear speech, and then trained on.</summary>
    /// <param name="recordings">Those with labelled or held-out audio are left out.</param>
    /// <param name="keptShare">Share of the transcripts with any text, 0 to 1; those with unknown letters are dropped.</param>
    /// <param name="goOn">Called before each batch; false: the rest is not transcribed.</param>
    public static PseudoLabels Of(
        Transcribe teacher, IEnumerable<Utterance> recordings, LabelledSet labels, double keptShare, Func<bool> goOn, CancellationToken ct)
    {
        var labelled = new LabelledAudio([.. labels.Train, .. labels.HeldOut, .. labels.HiddenGate, .. labels.HeldOutElsewhere]);
        var letters = labels.Letters;
        Utterance[] unlabelled = [.. recordings.Where(r => !labelled.Holds(r))];
        var transcripts = new List<(LabelledUtterance Utterance, double Confidence)>();
        var batches = LengthBatches.Of(unlabelled, BatchAudioSeconds).ToArray();
        new Random(unlabelled.Length).Shuffle(batches); // so that recordings of all lengths are transcribed if time runs out
        foreach (var batch in batches.TakeWhile(_ => goOn()))
        {
            ct.ThrowIfCancellationRequested();
            var transcriptions = teacher([.. batch.Select(u => u.Samples)], TextReading.Letters);
            transcripts.AddRange(batch.Zip(transcriptions, (u, t) =>
                (new LabelledUtterance(u.Id, t.Text, u.Samples) { Words = t.Words }, t.Confidence))
                .Where(t => t.Item1.Text.Length > 0));
        }
        var kept = transcripts.OrderByDescending(t => t.Confidence).Take((int)Math.Ceiling(keptShare * transcripts.Count)).ToArray();
        LabelledUtterance[] known = [.. kept.Select(t => t.Utterance).Where(u => letters.TryEncode(u.Text) is not null)];
        return new PseudoLabels(known, unlabelled.Length, kept.Length > 0 ? kept[^1].Confidence : double.NaN);
    }
}
