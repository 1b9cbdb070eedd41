namespace Ssl.Transcriber;

/// <summary>Which half of the Transcriber a process runs.</summary>
enum TranscriberRole
{
    All, // both
    Tune, // fine-tuning; over HTTP only health and metrics. Of several such processes one works.
    Serve, // transcription; any number of processes
}
