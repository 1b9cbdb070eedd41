using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>JSON of the registry's files: snake_case, indented, for people too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(EncoderScores))]
[JsonSerializable(typeof(RecognizerScores))]
[JsonSerializable(typeof(AliasEntry))]
[JsonSerializable(typeof(AliasRecord))]
[JsonSerializable(typeof(WriterFence))]
[JsonSerializable(typeof(LabelCatalogue))]
[JsonSerializable(typeof(LabelIndex))]
[JsonSerializable(typeof(RoundStatus))]
[JsonSerializable(typeof(Dictionary<int, ShadowRecord>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
sealed partial class RegistryJson : JsonSerializerContext;
