using Ssl.Shared.Speech.Torch;

namespace Ssl.Learner.Pretraining;

/// <summary>
/// wav2vec 2.0, equation 3: cross-entropy of each masked frame's own quantised vector among distractors; logits are cosine similarities.
/// Candidates are gathered from the similarities of all masked frames, 60 to 250 ms a step faster than gathering their vectors.
/// </summary>
static class ContrastiveLoss
{
    // Straight-through codes are rounded: similarities of equal vectors may differ in the last digits.
    static readonly Scalar TieMargin = 1e-3f;

    /// <param name="context">Projected context vectors of the masked frames. [B, M, D]</param>
    /// <param name="quantised">Projected quantised vectors of the same frames. [B, M, D]</param>
    /// <param name="codes">Codes of the same frames. [B, M, G]; used only to exclude identical distractors.</param>
    /// <param name="candidates">Positions within the utterance, the positive first. [B, M, 1 + K]</param>
    /// <param name="meanWeights">See <see cref="MaskedFrames.MeanWeights"/>. [B, M]</param>
    public static ObjectiveLoss Of(
        Tensor context, Tensor quantised, Tensor codes, Tensor candidates, Tensor meanWeights, PretrainingRecipe recipe)
    {
        using Scalar temperature = recipe.ContrastiveTemperature;
        var similarities = bmm(Unit(context), Unit(quantised).transpose(1, 2)) / temperature; // [B, M, M]
        var logits = similarities.gather(2, candidates);                                                         // [B, M, 1 + K]
        if (recipe.IdenticalDistractors == IdenticalDistractors.Exclude)
            logits = logits.masked_fill(Identical(codes, candidates), Constant.NegativeInfinity);
        var positive = logits.select(2, 0);                                                                      // [B, M]
        var loss = ((logits.logsumexp(2) - positive) * meanWeights).sum();
        return new ObjectiveLoss(loss, Accuracy(logits.detach(), meanWeights));
    }

    static Tensor Unit(Tensor vectors) => functional.normalize(vectors, p: 2, dim: 2);

    /// <summary>True for distractors with the positive's codes, false for the positive itself. [B, M, 1 + K]</summary>
    static Tensor Identical(Tensor codes, Tensor candidates)
    {
        var same = codes.unsqueeze(2).eq(codes.unsqueeze(1)).all(dim: 3); // [B, M, M]
        var identical = same.gather(2, candidates);
        identical.select(2, 0).fill_(Constant.Zero);
        return identical;
    }

    static Tensor Accuracy(Tensor logits, Tensor meanWeights)
    {
        using var _ = no_grad();
        var best = logits.amax([2], keepdim: true) - TieMargin;
        var tied = logits.ge(best).to_type(ScalarType.Float32); // [B, M, 1 + K]
        return (tied.select(2, 0) / tied.sum(2) * meanWeights).sum();
    }
}
