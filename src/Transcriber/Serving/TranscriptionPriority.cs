namespace Ssl.Transcriber.Serving;

/// <summary>Someone waits for the answer, or nobody does.</summary>
enum TranscriptionPriority
{
    Request,
    Stream,
}
