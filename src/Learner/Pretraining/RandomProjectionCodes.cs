using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// BEST-RQ (arXiv 2202.01855): frozen targets. Normalised log-mel features of a frame, as many stacked as the encoder's layout stacks, go
/// through a random matrix; the nearest row of a random codebook is the code. Nothing is trained, so the targets cannot drift or collapse.
/// </summary>
sealed class RandomProjectionCodes : Module
{
    /// <summary>F of a waveform encoder's targets: two stacked 10 ms frames of 80 log-mel bins.</summary>
    public const int FeatureSize = 160;

    readonly Tensor projection;
    readonly Tensor codebook;

    /// <summary>A fresh random matrix (Xavier uniform) and codebook (normal, rows of length 1).</summary>
    public RandomProjectionCodes(PretrainingShape shape, long featureSize, Generator generator)
        : this(
            Xavier(featureSize, shape.PredictionCodeSize, generator),
            functional.normalize(randn([shape.PredictionCodes, shape.PredictionCodeSize], generator: generator), p: 2, dim: 1))
    {
    }

    /// <param name="projection">[F, d]</param>
    /// <param name="codebook">Rows of length 1. [V, d]</param>
    public RandomProjectionCodes(Tensor projection, Tensor codebook) : base("random_projection")
    {
        this.projection = projection;
        this.codebook = codebook;
        RegisterComponents();
    }

    /// <summary>
    /// The codes of normalised features. [N, F] to [N]. Among points of length 1 the nearest has the largest product, whatever the length
    /// of the projected feature, so that need not be normalised.
    /// </summary>
    public Tensor Of(Tensor features)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        return mm(mm(features.to_type(ScalarType.Float32), projection), codebook.t()).argmax(1).MoveToOuterDisposeScope();
    }

    static Tensor Xavier(long rows, long columns, Generator generator)
    {
        var bound = Math.Sqrt(6.0 / (rows + columns));
        return empty([rows, columns]).uniform_(-bound, bound, generator);
    }
}
