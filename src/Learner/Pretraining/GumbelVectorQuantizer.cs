using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// wav2vec 2.0, section 2: G codebooks of V codevectors, chosen by a straight-through Gumbel softmax. Field names are transformers' keys.
/// </summary>
sealed class GumbelVectorQuantizer : Module
{
    readonly Parameter codevectors;
    readonly Linear weight_proj;

    /// <param name="featureSize">C: width of the features that are quantised.</param>
    public GumbelVectorQuantizer(long featureSize, PretrainingShape shape, Generator generator) : base("quantizer")
    {
        Shape = shape;
        // Initial values of the reference: codevectors uniform in 0 to 1, weights normal with deviation 1, bias 0.
        codevectors = new Parameter(rand([1, shape.CodeCount, shape.CodevectorSize / shape.Codebooks], generator: generator));
        weight_proj = Linear(featureSize, shape.CodeCount);
        using (no_grad())
        {
            weight_proj.weight.copy_(randn(weight_proj.weight.shape, generator: generator));
            weight_proj.bias!.zero_();
        }
        RegisterComponents();
    }

    public PretrainingShape Shape { get; }

    /// <summary>Gumbel variates: -log of exponential ones. [frames·G, V]</summary>
    public Tensor Noise(long frames, Generator generator, Device device)
    {
        using var _ = no_grad();
        return -empty([frames * Shape.Codebooks, Shape.CodesPerBook], device: device).exponential_(1, generator).log();
    }

    /// <summary>The code drawn by the Gumbel softmax is used forward, its soft probabilities backward.</summary>
    /// <param name="features">[B, M, C]</param>
    /// <param name="noise">See <see cref="Noise"/>; zeros choose the code with the largest logit.</param>
    public QuantisedFrames Quantise(Tensor features, double temperature, Tensor noise)
    {
        var logits = weight_proj.call(features).to_type(ScalarType.Float32).reshape(-1, Shape.CodesPerBook); // [B·M·G, V]
        using Scalar divisor = temperature;
        var soft = (logits.Plus(noise) / divisor).softmax(1);
        var codes = soft.argmax(1);
        var straightThrough = (OneHot(codes) - soft.detach()).Plus(soft);
        var (rows, width) = (features.shape[0], features.shape[1]);
        return new QuantisedFrames(
            Codevectors(straightThrough).view(rows, width, -1),
            codes.view(rows, width, Shape.Codebooks),
            logits.softmax(1).view(rows, width, Shape.Codebooks, Shape.CodesPerBook),
            OneHot(logits.detach().argmax(1)).view(rows, width, Shape.Codebooks, Shape.CodesPerBook));
    }

    Tensor OneHot(Tensor codes) => functional.one_hot(codes, Shape.CodesPerBook).to_type(ScalarType.Float32);

    /// <summary>Weighted sums of codevectors. [B·M·G, V] to [B·M, G·d]</summary>
    Tensor Codevectors(Tensor weights)
    {
        var books = codevectors.view(Shape.Codebooks, Shape.CodesPerBook, -1);                    // [G, V, d]
        var byBook = weights.view(-1, Shape.Codebooks, Shape.CodesPerBook).transpose(0, 1);       // [G, B·M, V]
        return bmm(byBook, books).transpose(0, 1).reshape(-1, Shape.CodevectorSize);              // [B·M, G·d]
    }
}
