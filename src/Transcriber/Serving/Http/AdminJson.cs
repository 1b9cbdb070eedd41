using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>JSON of the admin paths: snake_case, null members left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdminModelsBody))]
[JsonSerializable(typeof(LeverBody))]
[JsonSerializable(typeof(HistoryBody))]
[JsonSerializable(typeof(LearningBody))]
[JsonSerializable(typeof(DiffBody))]
[JsonSerializable(typeof(DiffUpload))]
[JsonSerializable(typeof(LabelProposalsBody))]
sealed partial class AdminJson : JsonSerializerContext;
