using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>What is logged about a program as a whole (ids 1200 to 1299).</summary>
static partial class HostLog
{
    [LoggerMessage(1200, LogLevel.Critical, "{Service} cannot go on: {Reason}")]
    public static partial void Failed(this ILogger logger, string service, string reason, Exception exception);

    [LoggerMessage(1201, LogLevel.Information, "Listening on {Addresses}")]
    public static partial void Listening(this ILogger logger, string addresses);
}
