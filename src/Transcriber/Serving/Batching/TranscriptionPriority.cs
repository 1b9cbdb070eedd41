namespace Ssl.Transcriber.Serving.Batching;

/// <summary>Someone waits for the answer, or nobody does.</summary>
enum TranscriptionPriority
{
    Request,
    Stream,
}
