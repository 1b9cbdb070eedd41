using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>JSON of the HTTP contract: snake_case, absent rather than null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TranscriptionBody))]
[JsonSerializable(typeof(ModelListBody))]
[JsonSerializable(typeof(ModelBody))]
sealed partial class ApiJson : JsonSerializerContext;
