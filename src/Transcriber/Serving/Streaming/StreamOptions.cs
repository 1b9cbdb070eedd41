using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>Options under <c>Transcriber:Stream</c>: from <c>audio.segments</c> to <c>transcripts</c>.</summary>
sealed record StreamOptions
{
    /// <summary>Whether segments are transcribed; requests are answered anyway.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Segments that come before the first recognizer stay in the topic until there is one, or are skipped.</summary>
    public BeforeFirstModel BeforeFirstModel { get; init; } = BeforeFirstModel.Wait;

    /// <summary>Segments that are worked on at a time.</summary>
    [Range(1, 1_000)]
    public int InFlight { get; init; } = 8;

    /// <summary>Ids of written transcripts that are remembered, to drop what is delivered twice.</summary>
    [Range(1, 10_000_000)]
    public int RememberedIds { get; init; } = 50_000;
}
