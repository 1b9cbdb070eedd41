using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>What is logged about a program as a whole (ids 1200 to 1299).</summary>
static partial class HostLog
{
    [LoggerMessage(1200, LogLevel.Critical, "{Service} cannot go on: {Reason}")]
    public static partial void Failed(this ILogger logger, string service, string reason, Exception exception);

    [LoggerMessage(1201, LogLevel.Information, "Listening on {Addresses}")]
    public static partial void Listening(this ILogger logger, string addresses);

    [LoggerMessage(1202, LogLevel.Information, "The certificate {Subject} serves; it ends {Expiry:u}")]
    public static partial void CertificateServes(this ILogger logger, string subject, DateTime expiry);

    [LoggerMessage(1203, LogLevel.Warning, "The new certificate cannot be used, the one before serves on: {Reason}")]
    public static partial void CertificateUnusable(this ILogger logger, string reason);

    [LoggerMessage(1204, LogLevel.Warning, "Connections of {Address} are closed: it has more than {Max} (Http:MaxConnectionsPerAddress)")]
    public static partial void TooManyConnections(this ILogger logger, System.Net.IPAddress address, int max);
}
