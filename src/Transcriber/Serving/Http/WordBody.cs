namespace Ssl.Transcriber.Serving.Http;

/// <summary>A word of <c>verbose_json</c>; seconds from the start.</summary>
sealed record WordBody(string Word, double Start, double End);
