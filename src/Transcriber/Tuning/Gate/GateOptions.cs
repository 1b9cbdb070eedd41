using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>Options under <c>Transcriber:Gate</c>.</summary>
sealed record GateOptions
{
    /// <summary>Error rate by which candidate and champion are compared.</summary>
    public GateMetric Metric { get; init; } = GateMetric.CharacterErrorRate;
    /// <summary>
    /// A better candidate is held if the error of a speaker, of a domain or on older labels rises by more than this, absolute, with 95 %
    /// confidence. 1: never.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxSliceLoss { get; init; } = 0.05;
    /// <summary>
    /// A better candidate is held if it takes more than this many times the champion's time or memory, as after a change to a larger
    /// encoder. 0: no limit.
    /// </summary>
    [Range(0.0, 1000.0)]
    public double MaxCost { get; init; } = 3;
}

/// <summary>The error rate that decides.</summary>
enum GateMetric
{
    CharacterErrorRate, // falls long before whole words are right
    WordErrorRate,
}
