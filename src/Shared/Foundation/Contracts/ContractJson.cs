using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Contracts;

/// <summary>JSON of the topics' values: snake_case names, UTF-8, unknown fields ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EncoderAnnouncement))]
[JsonSerializable(typeof(RecognizerAnnouncement))]
[JsonSerializable(typeof(Transcript))]
[JsonSerializable(typeof(LearningControl))]
public sealed partial class ContractJson : JsonSerializerContext;
