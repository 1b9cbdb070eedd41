using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// CTC loss on recordings that no fine-tuning has used. It separates models with equal error rates: writing only the commonest letters
/// reaches a character error rate of 0.7, and what that guessing costs shows in the loss alone.
/// </summary>
static class HeldOutLoss
{
    const double BatchAudioSeconds = 40;

    /// <param name="model">In evaluation mode.</param>
    /// <returns>Nats per letter. Letters outside the vocabulary are left out; a recording too short for its text counts zero.</returns>
    public static double Of(CtcModel model, Vocabulary vocabulary, IReadOnlyList<LabelledUtterance> heldOut, CancellationToken ct)
    {
        using var guard = inference_mode();
        var features = FeatureExtractor.For(model.Encoder.Config);
        var (loss, letters) = (0.0, 0);
        foreach (var utterances in LengthBatches.Of(heldOut, BatchAudioSeconds))
        {
            ct.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var batch = features.Batch([.. utterances.Select(u => u.Samples)], TorchRuntime.Device);
            var labels = utterances.Select(u => vocabulary.Encode(u.Text)).ToArray();
            loss += CtcModel.Loss(model.Logits(batch), batch.FrameCounts, labels).item<float>();
            letters += labels.Sum(l => l.Length);
        }
        return loss / letters;
    }
}
