using System.Text.Json;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>Label values of <see cref="RejectReason"/>.</summary>
public static class RejectReasons
{
    public static string Label(this RejectReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}
