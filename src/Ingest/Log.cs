namespace Ssl.Ingest;

/// <summary>What Ingest logs (ids 2000 to 2999).</summary>
static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Reading {Topic} with {Workers} workers")]
    public static partial void Started(this ILogger logger, string topic, int workers);
}
