using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Options under <c>Transcriber:Gate</c>.</summary>
sealed record GateOptions
{
    /// <summary>The figure by which candidate and champion are compared.</summary>
    public GateMetric Metric { get; init; } = GateMetric.CharacterErrorRate;

    /// <summary>How much worse (absolute, of the error rate) a candidate may be and still be promoted.</summary>
    [Range(0.0, 1.0)]
    public double Tolerance { get; init; }
}
