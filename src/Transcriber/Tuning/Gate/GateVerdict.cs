using Ssl.Shared.Foundation.Registry;

namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>The decision, with its reason for the operator.</summary>
sealed record GateVerdict(Verdict Verdict, string Why)
{
    public bool IsPromoted => Verdict == Verdict.Promoted;

    /// <summary>For the manifest's <c>health</c>.</summary>
    public string Health => IsPromoted ? ModelHealth.Promoted : ModelHealth.Refused(Why);

    /// <summary>For the metric's label.</summary>
    public string Label => Verdict switch
    {
        Verdict.Promoted => "promoted",
        Verdict.Worse => "worse",
        Verdict.NotFinite => "not_finite",
        _ => "constant",
    };
}
