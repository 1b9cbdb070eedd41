namespace Ssl.Shared.Foundation.Registry;

/// <summary>What the gate may find; values of the metric's label, of manifests and of announcements.</summary>
public static class GateVerdicts
{
    /// <summary>Significantly fewer errors than the champion; of the first recognizer: than chance.</summary>
    public const string Better = "better";
    /// <summary>No significant difference.</summary>
    public const string Equal = "equal";
    /// <summary>Significantly more errors than the champion.</summary>
    public const string Worse = "worse";
    /// <summary>Not a recognizer: weights or output are not numbers, its texts are degenerate, or it errs as much as chance.</summary>
    public const string Broken = "broken";
}
