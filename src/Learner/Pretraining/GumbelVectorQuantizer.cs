using Ssl.Shared.Speech.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

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
        // As the reference begins: codevectors uniform in 0 to 1, weights normal with deviation 1, no bias.
        codevectors = new Parameter(rand([1, shape.CodeCount, shape.CodevectorSize / shape.Codebooks], generator: generator));
        weight_proj = Linear(featureSize, shape.CodeCount);
        using (no_grad())
        {
            weight_proj.weight.copy_(randn(weight_proj.weight.shape, generator: generator)); // and normal with deviation 1, no bias
            weight_proj.bias!.zero_();
        }
        RegisterComponents();
    }

    public PretrainingShape Shape { get; }

    /// <summary>-log of an exponential variate is a Gumbel variate. [frames·G, V]</summary>
    public Tensor Noise(long frames, Generator generator, Device device)
    {
        using var _ = no_grad();
        return -empty([frames * Shape.Codebooks, Shape.CodesPerBook], device: device).exponential_(1, generator).log();
    }

    /// <summary>Training: the code drawn by the Gumbel softmax goes forward, its soft probabilities go backward.</summary>
    /// <param name="features">[B, M, C]</param>
    /// <param name="noise">See <see cref="Noise"/>.</param>
    public QuantisedFrames Quantise(Tensor features, double temperature, Tensor noise)
    {
        var logits = Logits(features); // [B·M·G, V]
        using Scalar divisor = temperature;
        var soft = (logits.Plus(noise) / divisor).softmax(1);
        var codes = soft.argmax(1);
        var straightThrough = (OneHot(codes) - soft.detach()).Plus(soft);
        return Result(features, logits, straightThrough, codes);
    }

    /// <summary>Evaluation: the code with the largest logit.</summary>
    public QuantisedFrames Quantise(Tensor features)
    {
        var logits = Logits(features);
        var codes = logits.argmax(1);
        return Result(features, logits, OneHot(codes), codes);
    }

    Tensor Logits(Tensor features) => weight_proj.call(features).to_type(ScalarType.Float32).reshape(-1, Shape.CodesPerBook);

    Tensor OneHot(Tensor codes) => functional.one_hot(codes, Shape.CodesPerBook).to_type(ScalarType.Float32);

    QuantisedFrames Result(Tensor features, Tensor logits, Tensor weights, Tensor codes)
    {
        var (rows, width) = (features.shape[0], features.shape[1]);
        return new QuantisedFrames(
            Look(weights).view(rows, width, -1),
            codes.view(rows, width, Shape.Codebooks),
            logits.softmax(1).view(rows, width, Shape.Codebooks, Shape.CodesPerBook),
            OneHot(logits.detach().argmax(1)).view(rows, width, Shape.Codebooks, Shape.CodesPerBook));
    }

    /// <summary>The codevectors, weighted. [B·M·G, V] to [B·M, G·d]</summary>
    Tensor Look(Tensor weights)
    {
        var books = codevectors.view(Shape.Codebooks, Shape.CodesPerBook, -1);                    // [G, V, d]
        var byBook = weights.view(-1, Shape.Codebooks, Shape.CodesPerBook).transpose(0, 1);       // [G, B·M, V]
        return bmm(byBook, books).transpose(0, 1).reshape(-1, Shape.CodevectorSize);              // [B·M, G·d]
    }
}
