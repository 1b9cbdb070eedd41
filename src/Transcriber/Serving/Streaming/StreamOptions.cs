using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Streaming;

/// <summary>Options under <c>Transcriber:Stream</c>: from <c>audio.segments</c> to <c>transcripts</c>.</summary>
sealed record StreamOptions
{
    public bool Enabled { get; init; } = true;

    public BeforeFirstModel BeforeFirstModel { get; init; } = BeforeFirstModel.Wait;

    /// <summary>Segments that are worked on at a time.</summary>
    [Range(1, 1_000)]
    public int InFlight { get; init; } = 8;

    /// <summary>Ids of written transcripts that are remembered, to drop what is delivered twice.</summary>
    [Range(1, 10_000_000)]
    public int RememberedIds { get; init; } = 50_000;
}
