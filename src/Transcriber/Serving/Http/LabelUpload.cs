using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>The multipart form of <c>POST /admin/labels</c>.</summary>
sealed record LabelUpload
{
    [Description("the recording, up to 30 s")]
    public IFormFile? File { get; init; }

    [Description("in the place of a file: a segment that was proposed, by its id")]
    public string? Segment { get; init; }

    [Required, Description("what is said in it")]
    public required string Text { get; init; }

    [Description("a label of the same id is replaced; a hash of the audio by default")]
    public string? Id { get; init; }

    [Description("line of recognizers that it is for"), DefaultValue("ssl")]
    public string? Line { get; init; }

    [Description("who speaks")]
    public string? Speaker { get; init; }

    [Description("what it is a sample of, for scores by domain")]
    public string? Domain { get; init; }

    [Description("train, test, gate or hidden; by default the tuner chooses once and for all")]
    public string? Split { get; init; }
}

/// <summary>
/// The JSON of <c>POST /admin/labels</c>: labels a segment that was proposed, corrects a label, whose audio stays, or removes it.
/// </summary>
/// <param name="Id">Needed where there is no segment.</param>
/// <param name="Text">And the other fields: absent, they stay as they are.</param>
/// <param name="Segment">Its id; null: a label is corrected or removed.</param>
sealed record LabelCorrection(
    string? Id, string? Text, string? Line, string? Speaker, string? Domain, string? Split, bool Remove = false, string? Segment = null);
