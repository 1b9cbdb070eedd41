using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ssl.Transcriber.Serving.Live;

/// <summary>JSON of events.</summary>
[JsonSerializable(typeof(JsonObject))]
sealed partial class LiveJson : JsonSerializerContext;
