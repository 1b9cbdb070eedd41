using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Options under <c>Transcriber:Gate</c>.</summary>
sealed record GateOptions
{
    /// <summary>Error rate by which candidate and champion are compared.</summary>
    public GateMetric Metric { get; init; } = GateMetric.CharacterErrorRate;

    /// <summary>How much higher a promoted candidate's error rate may be, absolute.</summary>
    [Range(0.0, 1.0)]
    public double Tolerance { get; init; }
}
