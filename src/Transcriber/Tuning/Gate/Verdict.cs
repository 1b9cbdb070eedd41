namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>The gate's decision about a candidate.</summary>
enum Verdict
{
    Promoted,

    /// <summary>Its error rate is higher than the champion's.</summary>
    Worse,

    /// <summary>Its loss or its output is not a number.</summary>
    NotFinite,

    /// <summary>It gives the same text for every recording.</summary>
    Constant,
}
