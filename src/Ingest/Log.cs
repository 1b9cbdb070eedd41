namespace Ssl.Ingest;

/// <summary>What Ingest logs (ids 2000 to 2999).</summary>
static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Reading {Topic} with {Workers} workers")]
    public static partial void Started(this ILogger logger, string topic, int workers);

    [LoggerMessage(2001, LogLevel.Warning, "{Topic}/{Partition}/{Offset} goes to the dead letters: {Reason}: {Detail}")]
    public static partial void Rejected(this ILogger logger, string topic, int partition, long offset, string reason, string detail);
}
