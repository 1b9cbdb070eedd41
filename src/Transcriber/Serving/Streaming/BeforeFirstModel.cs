namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>What becomes of segments while no recognizer serves.</summary>
enum BeforeFirstModel
{
    /// <summary>They stay in the topic until one does.</summary>
    Wait,

    /// <summary>They are passed over.</summary>
    Skip,
}
