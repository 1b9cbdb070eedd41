namespace Ssl.Transcriber.Serving.Http;

/// <summary>A request after its fields were read.</summary>
/// <param name="ContentType">Of raw PCM as the client claims; null of everything else.</param>
sealed record TranscriptionRequest(string? ContentType, string Model, ResponseFormat Format)
{
    /// <summary>Named in the answer; has no effect on it.</summary>
    public string? Language { get; init; }
    /// <summary>Times of words are asked for.</summary>
    public bool Words { get; init; }
    /// <summary>Times of segments are asked for.</summary>
    public bool Segments { get; init; }
    /// <summary>The answer is server-sent events.</summary>
    public bool Stream { get; init; }
    public double Temperature { get; init; }
    /// <summary>Words that <c>prompt</c> and <c>keywords</c> name.</summary>
    public IReadOnlyList<string> HotWords { get; init; } = [];
    /// <summary>Log-probabilities of letters are asked for.</summary>
    public bool Logprobs { get; init; }
}

/// <summary>The contract's <c>response_format</c>.</summary>
enum ResponseFormat { Json, Text, VerboseJson, Srt, Vtt }
