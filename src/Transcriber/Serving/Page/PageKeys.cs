using System.Text.Json.Serialization;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Transcriber.Serving.Page;

/// <summary>Answer of <c>/page/keys</c>: what needs a key, so that the page asks for nothing that would be refused.</summary>
/// <param name="AdminIsOff">No key opens the admin paths.</param>
sealed record PageKeys(bool Transcribe, bool Metrics, bool AdminIsOff)
{
    public static PageKeys Of(KeyRing ring) => new(ring.IsNeeded(KeyScope.Transcribe), ring.IsNeeded(KeyScope.Metrics), ring.AdminIsOff);
}

/// <summary>JSON of the page.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PageKeys))]
sealed partial class PageJson : JsonSerializerContext;
