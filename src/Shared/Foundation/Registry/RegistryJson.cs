using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>JSON of the registry's files: snake_case, indented, for people too.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(Dictionary<string, AliasEntry>))]
sealed partial class RegistryJson : JsonSerializerContext;
