using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ssl.Learner.Checkpoints;

/// <summary>JSON of <c>state.json</c>: snake_case, indented, for people too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LearnerState))]
sealed partial class LearnerStateJson : JsonSerializerContext;
