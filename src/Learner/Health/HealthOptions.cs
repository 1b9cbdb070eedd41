using System.ComponentModel.DataAnnotations;

namespace Ssl.Learner.Health;

/// <summary>When training counts as gone wrong. Section <c>Learner:Health</c>.</summary>
sealed record HealthOptions
{
    /// <summary>Steps over which figures are averaged before they are judged, 1 to 10,000. Default 50.</summary>
    [Range(1, 10_000)]
    public int WindowSteps { get; init; } = 50;

    /// <summary>Share of the codes that must be in use (perplexity), 0 to 1. Default 0.05.</summary>
    [Range(0, 1)]
    public double MinCodeUse { get; init; } = 0.05;

    /// <summary>Steps after which losses at chance mean that training is stuck, 1 to 10,000,000. Default 2,000; a contrastive loss alone sat there for 400.</summary>
    [Range(1, 10_000_000)]
    public long StuckAfterSteps { get; init; } = 2000;
}
