namespace Ssl.Shared.Foundation.Registry;

/// <summary>Verdicts in a manifest's <c>health</c>.</summary>
public static class ModelHealth
{
    /// <summary>An encoder that may be fine-tuned.</summary>
    public const string Healthy = "healthy";

    /// <summary>A recognizer that passed the gate, or that an operator let serve.</summary>
    public const string Promoted = "promoted";

    /// <summary>A recognizer that did not pass the gate.</summary>
    public static string Refused(string why) => $"refused: {why}";
}
