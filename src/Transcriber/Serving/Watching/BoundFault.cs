namespace Ssl.Transcriber.Serving.Watching;

/// <summary>A figure of live answers outside its bound.</summary>
/// <param name="Bound">One of the constants; the value of the metric's label.</param>
/// <param name="Why">For the operator.</param>
sealed record BoundFault(string Bound, string Why)
{
    public const string Errors = "errors";
    public const string EmptyTexts = "empty_texts";
    public const string Letters = "letters";
    public const string Confidence = "confidence";
    public const string Latency = "latency";

    /// <summary>Every value of <c>Bound</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [Errors, EmptyTexts, Letters, Confidence, Latency];
}
