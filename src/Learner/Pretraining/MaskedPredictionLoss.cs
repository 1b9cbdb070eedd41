namespace Ssl.Learner.Pretraining;

/// <summary>Masked prediction (BEST-RQ, w2v-BERT): cross-entropy of each masked frame's random-projection code.</summary>
static class MaskedPredictionLoss
{
    /// <param name="logits">[B, M, V]</param>
    /// <param name="codes">[B, M]</param>
    /// <param name="meanWeights">See <see cref="MaskedFrames.MeanWeights"/>. [B, M]</param>
    public static ObjectiveLoss Of(Tensor logits, Tensor codes, Tensor meanWeights)
    {
        var right = logits.gather(2, codes.unsqueeze(2)).squeeze(2); // [B, M]
        var loss = ((logits.logsumexp(2) - right) * meanWeights).sum();
        return new ObjectiveLoss(loss, Accuracy(logits.detach(), codes, meanWeights));
    }

    static Tensor Accuracy(Tensor logits, Tensor codes, Tensor meanWeights)
    {
        using var _ = no_grad();
        return (logits.argmax(2).eq(codes).to_type(ScalarType.Float32) * meanWeights).sum();
    }
}
