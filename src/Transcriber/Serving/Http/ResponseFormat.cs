namespace Ssl.Transcriber.Serving.Http;

/// <summary>The contract's <c>response_format</c>.</summary>
enum ResponseFormat
{
    Json,
    Text,
    VerboseJson,
    Srt,
    Vtt,
}
