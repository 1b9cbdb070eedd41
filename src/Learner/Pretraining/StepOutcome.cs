namespace Ssl.Learner.Pretraining;

/// <summary>What a step came to. All numbers of it left the device together.</summary>
/// <param name="Loss">What was minimised: the weighted sum, in nats a masked frame.</param>
/// <param name="ContrastiveLoss">ln(1 + distractors) = 4.615 at chance; 0 when the objective is off, like the others.</param>
/// <param name="DiversityLoss">0 to 1.</param>
/// <param name="MaskedPredictionLoss">ln(codes) = 6.93 at chance.</param>
/// <param name="ContrastiveAccuracy">Share of masked frames whose own vector was most similar, 0 to 1.</param>
/// <param name="MaskedPredictionAccuracy">Share of masked frames whose code was most likely, 0 to 1.</param>
/// <param name="CodebookPerplexities">Codes of each codebook in use, by the hard choices of this step, 1 to V.</param>
/// <param name="SoftCodebookPerplexities">The same by the probabilities: what the diversity loss sees.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="MaskedShare">Masked frames of all frames, 0 to 1.</param>
/// <param name="AudioSeconds">Audio of this step.</param>
sealed record StepOutcome(
    double Loss, double ContrastiveLoss, double DiversityLoss, double MaskedPredictionLoss,
    double ContrastiveAccuracy, double MaskedPredictionAccuracy,
    IReadOnlyList<double> CodebookPerplexities, IReadOnlyList<double> SoftCodebookPerplexities,
    double GradientNorm, double MaskedShare, double AudioSeconds)
{
    /// <summary>Codes in use, all codebooks together: G to V·G.</summary>
    public double CodePerplexity => CodebookPerplexities.Sum();

    /// <summary>Neither a loss nor a gradient is NaN or infinite; where one is, the weights were not touched.</summary>
    public bool IsFinite => double.IsFinite(Loss) && double.IsFinite(GradientNorm);
}
