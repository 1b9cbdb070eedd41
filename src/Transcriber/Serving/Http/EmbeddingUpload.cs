using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The multipart form of <c>/v1/audio/embeddings</c>.</summary>
sealed record EmbeddingUpload
{
    [Required, Description("the recording")]
    public required IFormFile File { get; init; }

    [Description("encoder@42; encoder: the newest version"), DefaultValue("encoder")]
    public string? Model { get; init; }

    [Description("0: the input of the first layer; N: the output of layer N, the last by default")]
    public int? Layer { get; init; }

    [Description("a vector for each frame in place of their mean"), DefaultValue(false)]
    public bool? PerFrame { get; init; }
}
