namespace Ssl.Transcriber;

/// <summary>Which half of the Transcriber a process runs.</summary>
enum TranscriberRole
{
    /// <summary>Both.</summary>
    All,

    /// <summary>From encoders and labels to recognizers; over HTTP only health and metrics. Of several such processes one works.</summary>
    Tune,

    /// <summary>Transcription only; any number of processes.</summary>
    Serve,
}
