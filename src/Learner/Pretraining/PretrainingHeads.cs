using Ssl.Shared.Speech.Model;

namespace Ssl.Learner.Pretraining;

/// <summary>Modules that pretraining adds to an encoder. Keys: those of transformers' <c>Wav2Vec2ForPreTraining</c>, and our own.</summary>
sealed class PretrainingHeads : Module
{
    readonly GumbelVectorQuantizer quantizer;
    readonly Linear project_hid;
    readonly Linear project_q;
    readonly Linear prediction_head;
    readonly RandomProjectionCodes random_projection;

    /// <param name="encoder">Only its sizes are used.</param>
    public PretrainingHeads(SpeechEncoder encoder, PretrainingShape shape, long seed) : base("pretraining")
    {
        using var generator = new Generator((ulong)seed);
        quantizer = new GumbelVectorQuantizer(encoder.FeatureSize, shape, generator);
        project_hid = Seeded(encoder.HiddenSize, shape.ProjectionSize, generator);
        project_q = Seeded(shape.CodevectorSize, shape.ProjectionSize, generator);
        prediction_head = Seeded(encoder.HiddenSize, shape.PredictionCodes, generator);
        var targetSize = encoder.Config is Wav2Vec2BertConfig ? encoder.FeatureSize : RandomProjectionCodes.FeatureSize;
        random_projection = new RandomProjectionCodes(shape, targetSize, generator);
        RegisterComponents();
    }

    public GumbelVectorQuantizer Quantizer => quantizer;
    public RandomProjectionCodes RandomProjection => random_projection;

    /// <summary>[B, M, H] to [B, M, D]</summary>
    public Tensor ProjectContext(Tensor context) => project_hid.call(context);

    /// <summary>[B, M, G·d] to [B, M, D]</summary>
    public Tensor ProjectQuantised(Tensor quantised) => project_q.call(quantised);

    /// <summary>Logits of the random-projection codes. [B, M, H] to [B, M, V]</summary>
    public Tensor PredictCodes(Tensor context) => prediction_head.call(context);

    /// <summary>torch's initialisation of a linear layer, uniform within 1/sqrt(inputs), from our generator.</summary>
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
