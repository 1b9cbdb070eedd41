using Ssl.Shared.Speech.Torch;

namespace Ssl.Shared.Speech.Model;

/// <summary>An encoder with a CTC head: transformers' <c>Wav2Vec2BertForCTC</c> and <c>Wav2Vec2ForCTC</c>. It owns the encoder.</summary>
/// <remarks>V: vocabulary size; label 0 is CTC's blank.</remarks>
public sealed class CtcModel : nn.Module
{
    readonly Linear lm_head;

    public CtcModel(SpeechEncoder encoder, int vocabularySize, int seed = 0) : base(nameof(CtcModel))
    {
        Encoder = encoder;
        lm_head = nn.Linear(encoder.OutputSize, vocabularySize);
        register_module(encoder.Config.ModelType.Replace('-', '_'), encoder);
        register_module(nameof(lm_head), lm_head);
        using var generator = new Generator((ulong)seed, CPU);
        Initialisation.Apply(lm_head, encoder.Config.InitializerRange, generator);
    }

    public SpeechEncoder Encoder { get; }

    /// <summary>Type of its weights and products.</summary>
    public Precision Precision { get; private set; } = Precision.Float32;

    /// <summary>Memory of the weights, in bytes.</summary>
    public long WeightBytes => parameters().Sum(p => p.numel() * p.element_size()) + modules().OfType<IFreezable>().Sum(m => m.FrozenBytes);

    /// <summary>Takes the form for inference: it is neither trained nor saved afterwards. Called once.</summary>
    internal void Freeze(Precision precision)
    {
        foreach (var module in modules().OfType<IFreezable>())
            module.Freeze(precision);
        Precision = precision;
    }

    public int VocabularySize => (int)lm_head.out_features;

    /// <summary>Copies the head of another model with the same vocabulary.</summary>
    public void TakeHead(CtcModel other) => lm_head.load_state_dict(other.lm_head.state_dict());

    /// <summary>Sets the head's biases to a label prior.</summary>
    /// <param name="shares">Of the frames, for each label; above 0, their sum is 1.</param>
    public void ExpectLabels(IReadOnlyList<double> shares)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        lm_head.bias!.copy_(tensor(shares.Select(share => (float)Math.Log(share)).ToArray()));
    }

    /// <summary>Permutes the labels of the head: label i is now what label <paramref name="order"/>[i] was.</summary>
    public void ReorderLabels(IReadOnlyList<int> order)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var index = tensor(order.Select(label => (long)label).ToArray(), device: lm_head.weight.device);
        lm_head.weight.copy_(lm_head.weight.index_select(0, index));
        lm_head.bias!.copy_(lm_head.bias!.index_select(0, index));
    }

    /// <summary>[B, T, V], T shortened by an adapter.</summary>
    public Tensor Logits(SpeechBatch batch, IList<Tensor>? hiddenStates = null) => Logits(Encoder.Adapt(
        Encoder.Contextualise(Encoder.ExtractFeatures(batch), batch.PaddingMask, timeMask: null, hiddenStates), batch));

    /// <summary>[B, T, V] from features, extracted and possibly augmented; for training, which knows no adapter.</summary>
    /// <param name="timeMask">bool [B, T]; frames replaced by the mask vector (SpecAugment in time), or null.</param>
    public Tensor Logits(Tensor features, Tensor? frameMask, Tensor? timeMask, IList<Tensor>? hiddenStates = null) =>
        Logits(Encoder.Contextualise(features, frameMask, timeMask, hiddenStates));

    /// <summary>[B, T, V] from the output of any layer. [B, T, H]</summary>
    public Tensor Logits(Tensor hidden) => lm_head.forward(nn.functional.dropout(hidden, Encoder.Config.FinalDropout, training));

    /// <summary>CTC loss (Graves 2006), summed over the batch; an utterance with more labels than frames counts zero.</summary>
    /// <param name="labels">Labels of each utterance, without blanks.</param>
    public static Tensor Loss(Tensor logits, long[] frameCounts, IReadOnlyList<int[]> labels)
    {
        using var scope = NewDisposeScope();
        var logProbabilities = nn.functional.log_softmax(logits.to(ScalarType.Float32), -1).transpose(0, 1); // [T, B, V]
        var targets = tensor(labels.SelectMany(l => l).Select(l => (long)l).ToArray()).to(logits.device);
        var (frames, lengths) = (tensor(frameCounts), tensor(labels.Select(l => (long)l.Length).ToArray()));
        var loss = nn.functional.ctc_loss(logProbabilities, targets, frames, lengths, zero_infinity: true, reduction: nn.Reduction.Sum);
        return loss.MoveToOuterDisposeScope();
    }
}
