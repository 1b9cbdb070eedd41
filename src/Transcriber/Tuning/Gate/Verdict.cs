namespace Ssl.Transcriber.Tuning.Gate;

/// <summary>What the gate decided about a candidate.</summary>
enum Verdict
{
    Promoted,

    /// <summary>It errs more than the champion on the same recordings.</summary>
    Worse,

    /// <summary>Its loss or its output is not a number.</summary>
    NotFinite,

    /// <summary>It hears the same in everything.</summary>
    Constant,
}
