using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Pretraining;

/// <summary>wav2vec 2.0, equation 4 in the form of its code: (V·G - perplexity) / (V·G); 0 if all codes are used equally.</summary>
static class DiversityLoss
{
    // As in the reference: keeps the logarithm of an unused code finite.
    static readonly Scalar Epsilon = 1e-7;

    /// <param name="perplexities">Of each codebook. [G]</param>
    /// <param name="codeCount">V·G.</param>
    public static Tensor Of(Tensor perplexities, long codeCount)
    {
        using Scalar codes = codeCount;
        return (-perplexities.sum()).Plus(codes) / codes;
    }

    /// <summary>exp of the entropy of each codebook's mean use: 1 if one code is used, V if all are used equally. [G]</summary>
    /// <param name="probabilities">[B, M, G, V]</param>
    /// <param name="meanWeights">[B, M]</param>
    public static Tensor Perplexities(Tensor probabilities, Tensor meanWeights)
    {
        var frames = meanWeights.numel();
        var (books, size) = (probabilities.shape[2], probabilities.shape[3]);
        var use = mm(meanWeights.view(1, frames), probabilities.reshape(frames, -1)).view(books, size);       // [G, V]
        return (-(use * use.Plus(Epsilon).log()).sum(1)).exp();
    }
}
