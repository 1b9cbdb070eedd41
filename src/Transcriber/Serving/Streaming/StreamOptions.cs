namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>Options under <c>Transcriber:Stream</c>: from <c>audio.segments</c> to <c>transcripts</c>.</summary>
sealed record StreamOptions
{
    /// <summary>Whether segments are transcribed; requests are answered anyway.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>Whether segments before the first recognizer wait for it in the topic or are skipped.</summary>
    public BeforeFirstModel BeforeFirstModel { get; init; } = BeforeFirstModel.Wait;
}

/// <summary>What happens to segments while no recognizer serves.</summary>
enum BeforeFirstModel
{
    Wait, // they stay in the topic until one does
    Skip, // they are not transcribed
}
