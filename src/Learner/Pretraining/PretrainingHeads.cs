using Ssl.Shared.Speech.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Ssl.Learner.Pretraining;

/// <summary>What pretraining adds to an encoder. Keys are those of transformers' <c>Wav2Vec2ForPreTraining</c>, and our own.</summary>
sealed class PretrainingHeads : Module
{
    readonly GumbelVectorQuantizer quantizer;
    readonly Linear project_hid;
    readonly Linear project_q;
    readonly Linear prediction_head;
    readonly RandomProjectionCodes random_projection;

    public PretrainingHeads(SpeechEncoder encoder, PretrainingShape shape, long seed)
        : this(encoder.FeatureSize, encoder.HiddenSize, shape, seed, TargetSizeOf(encoder))
    {
    }

    /// <param name="featureSize">Width of what the quantiser reads.</param>
    /// <param name="hiddenSize">Width of the context vectors.</param>
    /// <param name="targetSize">Width of the log-mel features whose codes are asked for.</param>
    public PretrainingHeads(
        long featureSize, long hiddenSize, PretrainingShape shape, long seed, long targetSize = RandomProjectionCodes.FeatureSize)
        : base("pretraining")
    {
        using var generator = new Generator((ulong)seed);
        quantizer = new GumbelVectorQuantizer(featureSize, shape, generator);
        project_hid = Seeded(hiddenSize, shape.ProjectionSize, generator);
        project_q = Seeded(shape.CodevectorSize, shape.ProjectionSize, generator);
        prediction_head = Seeded(hiddenSize, shape.PredictionCodes, generator);
        random_projection = new RandomProjectionCodes(shape, targetSize, generator);
        RegisterComponents();
    }

    public GumbelVectorQuantizer Quantizer => quantizer;

    public RandomProjectionCodes RandomProjection => random_projection;

    /// <summary>[B, M, H] to [B, M, D]</summary>
    public Tensor ProjectContext(Tensor context) => project_hid.call(context);

    /// <summary>[B, M, G·d] to [B, M, D]</summary>
    public Tensor ProjectQuantised(Tensor quantised) => project_q.call(quantised);

    /// <summary>Logits of the frozen codes. [B, M, H] to [B, M, V]</summary>
    public Tensor PredictCodes(Tensor context) => prediction_head.call(context);

    static long TargetSizeOf(SpeechEncoder encoder) =>
        encoder.Config is Wav2Vec2BertConfig ? encoder.FeatureSize : RandomProjectionCodes.FeatureSize;

    /// <summary>torch's own initialisation of a linear layer, uniform within 1/sqrt(inputs), from our generator.</summary>
    static Linear Seeded(long inputs, long outputs, Generator generator)
    {
        var linear = Linear(inputs, outputs);
        var bound = 1 / Math.Sqrt(inputs);
        using var _ = no_grad();
        linear.weight.uniform_(-bound, bound, generator);
        linear.bias!.uniform_(-bound, bound, generator);
        return linear;
    }
}
