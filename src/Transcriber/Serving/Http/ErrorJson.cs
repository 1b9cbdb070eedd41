using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>JSON of errors: the contract has <c>param</c> and <c>code</c> in every one, null where they say nothing.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
sealed partial class ErrorJson : JsonSerializerContext;
