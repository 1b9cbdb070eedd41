using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>The decision and its reason, in words an operator can act on.</summary>
sealed record GateVerdict(Verdict Verdict, string Why)
{
    public bool IsPromoted => Verdict == Verdict.Promoted;

    /// <summary>As the manifest's <c>health</c> says it.</summary>
    public string Health => IsPromoted ? ModelHealth.Promoted : ModelHealth.Refused(Why);

    /// <summary>As the metric's label says it.</summary>
    public string Label => Verdict switch
    {
        Verdict.Promoted => "promoted",
        Verdict.Worse => "worse",
        Verdict.NotFinite => "not_finite",
        _ => "constant",
    };
}
