using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tuning.PseudoLabelling;

/// <summary>A recognizer's transcripts of recordings without labels, those of the highest confidence.</summary>
/// <param name="Recordings">That were not labelled already, transcribed or not.</param>
/// <param name="MinConfidence">Of the share that was kept: mean over frames of the best label's probability, 0 to 1; not a number if none was.</param>
sealed record PseudoLabels(IReadOnlyList<LabelledUtterance> Kept, int Recordings, double MinConfidence)
{
    const double BatchAudioSeconds = 40;

    /// <summary>Decodes with n-grams of letters: with known words, unclear speech would be taken for one of them and taught as such.</summary>
    /// <param name="recordings">Those that hold labelled or held-out audio are left out.</param>
    /// <param name="keptShare">Of the recordings with any text, by confidence, 0 to 1; texts with letters that no label has are dropped from it.</param>
    /// <param name="goOn">Called before each batch; false: the rest is not transcribed.</param>
    public static PseudoLabels Of(
        Transcribe teacher, IEnumerable<Utterance> recordings, LabelledSet labels, double keptShare, Func<bool> goOn, CancellationToken ct)
    {
        var (labelled, letters) = (new LabelledAudio([.. labels.Train, .. labels.HeldOut]), Vocabulary.FromTexts(labels.Train.Select(u => u.Text)));
        Utterance[] unlabelled = [.. recordings.Where(r => !labelled.Holds(r))];
        var heard = new List<(LabelledUtterance Utterance, double Confidence)>();
        var batches = LengthBatches.Of(unlabelled, BatchAudioSeconds).ToArray();
        new Random(unlabelled.Length).Shuffle(batches); // if time runs out, recordings of all lengths were transcribed
        foreach (var batch in batches.TakeWhile(_ => goOn()))
        {
            ct.ThrowIfCancellationRequested();
            var transcriptions = teacher([.. batch.Select(u => u.Samples)], TextReading.Letters);
            heard.AddRange(batch.Zip(transcriptions, (u, t) => (new LabelledUtterance(u.Id, t.Text, u.Samples) { Words = t.Words }, t.Confidence))
                .Where(h => h.Item1.Text.Length > 0));
        }
        var kept = heard.OrderByDescending(h => h.Confidence).Take((int)Math.Ceiling(keptShare * heard.Count)).ToArray();
        LabelledUtterance[] known = [.. kept.Select(h => h.Utterance).Where(u => letters.Encode(u.Text).Length == u.Text.Length)];
        return new PseudoLabels(known, unlabelled.Length, kept.Length > 0 ? kept[^1].Confidence : double.NaN);
    }
}
