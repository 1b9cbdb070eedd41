using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>
/// The multipart form of <c>/v1/audio/transcriptions</c> as the contract's document describes it; fields not here are ignored.
/// </summary>
sealed record TranscriptionUpload
{
    [Required, Description("the recording")]
    public required IFormFile File { get; init; }

    [Required, Description("ssl (the champion), ssl@candidate, ssl@previous, ssl@17, or another name that the operator lists")]
    public required string Model { get; init; }

    [Description("named in the answer; has no effect")]
    public string? Language { get; init; }

    [Description("its words of four letters and more are favoured")]
    public string? Prompt { get; init; }

    [JsonPropertyName("keywords[]"), Description("words to favour, such as names")]
    public IReadOnlyList<string>? Keywords { get; init; }

    [Description("json, text, srt, verbose_json, vtt"), DefaultValue("json")]
    public string? ResponseFormat { get; init; }

    [Range(0, 1), Description("accepted; has no effect")]
    public double? Temperature { get; init; }

    [JsonPropertyName("timestamp_granularities[]"), Description("word, segment; with verbose_json or stream")]
    public IReadOnlyList<string>? TimestampGranularities { get; init; }

    [JsonPropertyName("include[]"), Description("logprobs; with json")]
    public IReadOnlyList<string>? Include { get; init; }

    [Description("answer with server-sent events transcript.text.delta, .segment and .done"), DefaultValue(false)]
    public bool? Stream { get; init; }
}
