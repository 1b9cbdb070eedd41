using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Registry;

/// <summary>What is logged about the registry (ids 1100 to 1199).</summary>
static partial class RegistryLog
{
    [LoggerMessage(1100, LogLevel.Warning, "Registry version passed over: {Reason}")]
    public static partial void PassedOver(ILogger logger, string reason);

    [LoggerMessage(1101, LogLevel.Warning, "Old versions were not removed, or a move of an alias was not noted in history.jsonl: {Reason}")]
    public static partial void NotTidied(ILogger logger, string reason);
}
