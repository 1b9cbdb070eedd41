namespace Ssl.Learner.Pretraining;

/// <summary>
/// Targets of masked prediction (BEST-RQ, arXiv 2202.01855). The log-mel features of an encoder frame, normalised over the utterance, are
/// projected by a random matrix; the code is the codebook row of the highest cosine similarity. Neither is trained; both are saved.
/// </summary>
sealed class RandomProjectionCodes : Module
{
    /// <summary>F for waveform encoders: two stacked 10 ms frames of 80 log-mel bins. A log-mel encoder's F is its input's.</summary>
    public const int FeatureSize = 160;

    readonly Tensor projection;
    readonly Tensor codebook;

    /// <summary>New projection (Xavier uniform) and codebook (normal, rows scaled to length 1).</summary>
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

    /// <summary>[N, F] to [N]. Projections are not normalised: their length does not change which product is largest.</summary>
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
