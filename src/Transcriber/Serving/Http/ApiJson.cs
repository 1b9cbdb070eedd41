using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>JSON of the HTTP contract: snake_case, null members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TranscriptionBody))]
[JsonSerializable(typeof(TranscriptionUpload))]
[JsonSerializable(typeof(EmbeddingUpload))]
[JsonSerializable(typeof(EmbeddingListBody))]
[JsonSerializable(typeof(DeltaEvent))]
[JsonSerializable(typeof(SegmentEvent))]
[JsonSerializable(typeof(DoneEvent))]
[JsonSerializable(typeof(ModelListBody))]
[JsonSerializable(typeof(ModelBody))]
[JsonSerializable(typeof(LabelUpload))]
[JsonSerializable(typeof(LabelCorrection))]
[JsonSerializable(typeof(LabelBody))]
[JsonSerializable(typeof(LabelListBody))]
[JsonSerializable(typeof(LabelRemovedBody))]
sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Letters of all languages as they are, not as <c>\u00e4</c>: the answers are no part of a page.</summary>
    public static ApiJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>JSON of errors: <c>param</c> and <c>code</c> are always there, and may be null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
sealed partial class ErrorJson : JsonSerializerContext
{
    /// <inheritdoc cref="ApiJson.Readable"/>
    public static ErrorJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
