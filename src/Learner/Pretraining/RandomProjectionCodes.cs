using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// BEST-RQ (arXiv 2202.01855): frozen targets. Normalised log-mel features, two frames stacked, through a random matrix; the nearest of a random codebook on the
/// unit sphere is the code. Nothing here learns, so the targets can neither drift nor collapse.
/// </summary>
sealed class RandomProjectionCodes : Module
{
    /// <summary>Two stacked frames of 80 log-mel bins: what a waveform encoder is asked for.</summary>
    public const int FeatureSize = 160;

    readonly Tensor projection;
    readonly Tensor codebook;

    /// <summary>A fresh random matrix (Xavier uniform) and codebook (normal, rows of length 1).</summary>
    public RandomProjectionCodes(PretrainingShape shape, long featureSize, Generator generator)
        : this(Xavier(featureSize, shape.PredictionCodeSize, generator), functional.normalize(randn([shape.PredictionCodes, shape.PredictionCodeSize], generator: generator), p: 2, dim: 1))
    {
    }

    /// <param name="projection">[160, d]</param>
    /// <param name="codebook">Rows of length 1. [V, d]</param>
    public RandomProjectionCodes(Tensor projection, Tensor codebook) : base("random_projection")
    {
        this.projection = projection;
        this.codebook = codebook;
        RegisterComponents();
    }

    /// <summary>
    /// The codes of normalised features. [N, 160] to [N]. Among points of length 1 the nearest is the one with the largest product, whatever the length of the projected
    /// feature, so that need not be normalised.
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
