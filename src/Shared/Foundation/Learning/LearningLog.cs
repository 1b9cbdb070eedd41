using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Learning;

/// <summary>What is logged about the switch (ids 1300 to 1399).</summary>
static partial class LearningLog
{
    [LoggerMessage(1300, LogLevel.Warning, "Learning is {State} by {Who}: {Why}")]
    public static partial void Switched(ILogger logger, string state, string who, string why);
}
