namespace Ssl.Shared.Foundation.Registry;

/// <summary>Figures of pretraining, means over the last steps before the version was published.</summary>
public sealed record EncoderScores : ModelScores
{
    public double ContrastiveLoss { get; init; }
    /// <summary>Share of masked frames whose true codevector scored highest, 0 to 1.</summary>
    public double ContrastiveAccuracy { get; init; }
    public double MaskedPredictionLoss { get; init; }
    /// <summary>Share of masked frames, 0 to 1.</summary>
    public double MaskedPredictionAccuracy { get; init; }
    public double CodePerplexity { get; init; }
}
