namespace Ssl.Learner.Pretraining;

/// <summary>Result of a step.</summary>
/// <param name="Loss">The weighted sum that is minimised, in nats a masked frame.</param>
/// <param name="ContrastiveLoss">ln(1 + distractors) = 4.615 at chance; 0 if the objective is off, like the others.</param>
/// <param name="DiversityLoss">0 to 1.</param>
/// <param name="MaskedPredictionLoss">ln(codes) = 6.93 at chance.</param>
/// <param name="ContrastiveAccuracy">Share of masked frames whose own vector was most similar, 0 to 1.</param>
/// <param name="MaskedPredictionAccuracy">Share of masked frames whose code was most likely, 0 to 1.</param>
/// <param name="CodebookPerplexities">Of each codebook, from the hard choices of this step, 1 to V.</param>
/// <param name="SoftCodebookPerplexities">The same from the probabilities, as the diversity loss uses them.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="MaskedShare">Share of masked frames, 0 to 1.</param>
/// <param name="AudioSeconds">Audio of this step.</param>
sealed record StepOutcome(
    double Loss, double ContrastiveLoss, double DiversityLoss, double MaskedPredictionLoss,
    double ContrastiveAccuracy, double MaskedPredictionAccuracy,
    IReadOnlyList<double> CodebookPerplexities, IReadOnlyList<double> SoftCodebookPerplexities,
    double GradientNorm, double MaskedShare, double AudioSeconds)
{
    /// <summary>Sum over codebooks: G to V·G.</summary>
    public double CodePerplexity => CodebookPerplexities.Sum();

    /// <summary>Loss and gradient are finite; otherwise the step did not change the weights.</summary>
    public bool IsFinite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}
