namespace Ssl.Transcriber.Gate;

/// <summary>The decision and its reason, in words an operator can act on.</summary>
sealed record GateVerdict(Verdict Verdict, string Why)
{
    public const string PromotedHealth = "promoted";

    public bool IsPromoted => Verdict == Verdict.Promoted;

    /// <summary>As the manifest's <c>health</c> and the metric's label say it.</summary>
    public string Health => Verdict switch
    {
        Verdict.Promoted => PromotedHealth,
        Verdict.Worse => "worse",
        Verdict.NotFinite => "not_finite",
        _ => "constant",
    };
}
