namespace Ssl.Shared.Foundation.Registry;

/// <summary>Verdicts in a manifest's <c>health</c>.</summary>
public static class ModelHealth
{
    /// <summary>An encoder that may be fine-tuned.</summary>
    public const string Healthy = "healthy";
    /// <summary>A recognizer that an operator let serve; earlier software also wrote it of one that passed the gate.</summary>
    public const string Promoted = "promoted";
    const string PassedGate = "passed: ";

    /// <summary>
    /// A recognizer that passed the gate. Whether it was promoted is said by the aliases alone: a version is published before it can be
    /// promoted, and an operator may move or pin the champion in between.
    /// </summary>
    public static string Passed(string why) => PassedGate + why;

    /// <summary>A recognizer that did not pass the gate.</summary>
    public static string Refused(string why) => $"refused: {why}";

    internal static bool MayServe(string health) => health == Promoted || health.StartsWith(PassedGate, StringComparison.Ordinal);
}
