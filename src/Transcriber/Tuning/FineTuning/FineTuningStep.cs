using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.Augmentation;
using Ssl.Transcriber.Tuning.Recipes;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>One update of fine-tuning (wav2vec 2.0, section 4.3) with intermediate CTC (arXiv 2102.03216). Not thread-safe.</summary>
/// <remarks>B: utterances, T: frames, C: feature size, V: vocabulary size.</remarks>
sealed class FineTuningStep(CtcModel model, FusedAdamW optimizer, FineTuningRecipe recipe, SpeechAugmentation augmentation)
{
    /// <summary>Trains on a batch.</summary>
    /// <param name="headOnly">Whether the encoder is frozen.</param>
    /// <returns>CTC loss of the last layer in nats a letter, and its logits, [B, T, V], in the caller's dispose scope.</returns>
    public (double Loss, Tensor Logits) Run(TrainingBatch batch, double rate, bool headOnly)
    {
        Freeze(headOnly);

        // Encode and mask: bands of channels set to zero, spans of frames replaced by the mask vector (SpecAugment).
        var speech = augmentation.OfInputs(batch.Speech);
        var features = augmentation.OfFeatures(model.Encoder.ExtractFeatures(speech)); // [B, T, C]
        var timeMask = augmentation.TimeMaskOf(speech); // [B, T]
        var (last, middle) = Logits(features, speech.FrameMask, timeMask); // [B, T, V]

        // CTC on the last layer and, with its share of the loss, on the middle one.
        using Scalar letters = batch.Labels.Sum(l => l.Length), middleShare = recipe.MiddleLossShare,
            lastShare = 1 - recipe.MiddleLossShare;
        var loss = CtcModel.Loss(last, speech.FrameCounts, batch.Labels) / letters;
        var trained = middle is null ? loss : loss.mul(lastShare)
            .add(CtcModel.Loss(middle, speech.FrameCounts, batch.Labels) / letters, middleShare);

        optimizer.ZeroGrad();
        trained.backward();
        optimizer.ClipGradientsDeferred(recipe.GradientNorm);
        optimizer.Step(rate);
        return (loss.item<float>(), last);
    }

    /// <summary>No middle layer where layers do not end in a norm: the head is not made for such outputs.</summary>
    (Tensor Last, Tensor? Middle) Logits(Tensor features, Tensor frameMask, Tensor timeMask)
    {
        using var bf16 = Bf16Autocast.WhereFast(recipe.Bf16);
        if (recipe.MiddleLossShare == 0 || !model.Encoder.Config.LayersEndInNorm)
            return (model.Logits(features, frameMask, timeMask), null);
        var hidden = new List<Tensor>();
        var last = model.Logits(features, frameMask, timeMask, hidden);
        return (last, model.Logits(hidden[hidden.Count / 2])); // inputs of all layers, and the output of the last
    }

    void Freeze(bool encoder)
    {
        foreach (var parameter in model.Encoder.parameters())
            parameter.requires_grad = !encoder;
        foreach (var parameter in recipe.FreezeFeatureEncoder ? model.Encoder.FeatureEncoderParameters() : [])
            parameter.requires_grad = false;
    }
}
