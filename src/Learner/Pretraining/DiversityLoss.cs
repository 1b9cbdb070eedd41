using Ssl.Shared.Speech.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Learner.Pretraining;

/// <summary>wav2vec 2.0, equation 4 as its code has it: (V·G - perplexity) / (V·G), 0 when all codes are used alike.</summary>
static class DiversityLoss
{
    // As in the reference, so that an unused code has a finite logarithm.
    static readonly Scalar Epsilon = 1e-7;

    /// <param name="perplexities">Of each codebook. [G]</param>
    /// <param name="codeCount">V·G.</param>
    public static Tensor Of(Tensor perplexities, long codeCount)
    {
        using Scalar codes = codeCount;
        return (-perplexities.sum()).Plus(codes) / codes;
    }

    /// <summary>exp of the entropy of each codebook's mean use: 1 when one code does everything, V when all do the same. [G]</summary>
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
