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
    /// <summary>
    /// How long a candidate that passed the gate hears live requests in the champion's shadow before it is promoted, where
    /// <c>Transcriber:Serving:ShadowShare</c> is above 0 (also in the settings of the tuner). It is promoted, or held, as soon as
    /// <see cref="MinShadowRecordings"/> were compared. <c>00:00:00</c>: it is promoted at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MaxShadowWait { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>Recordings with words of the champion that the shadow is judged by; fewer say nothing, and hold nothing.</summary>
    [Range(1, 100_000)]
    public int MinShadowRecordings { get; init; } = 20;
    /// <summary>
    /// A better candidate is held if its word error against the champion's texts of live audio is higher than both their word errors on the
    /// gate set together by more than this, absolute. Two recognizers with word errors a and b differ by at most a + b.
    /// </summary>
    [Range(0.0, 10.0)]
    public double MaxDisagreement { get; init; } = 0.3;
}

/// <summary>The error rate that decides.</summary>
enum GateMetric
{
    CharacterErrorRate, // falls long before whole words are right
    WordErrorRate,
}
