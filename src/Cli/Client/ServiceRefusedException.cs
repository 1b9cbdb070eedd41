namespace Ssl.Cli.Client;

/// <summary>The service answered with an error of its contract.</summary>
sealed class ServiceRefusedException(int statusCode, string message, TimeSpan? retryAfter)
    : Exception($"{statusCode}: {message}{(retryAfter is { } wait ? $" (try again in {wait.TotalSeconds:0} s)" : "")}")
{
    public int StatusCode => statusCode;

    public TimeSpan? RetryAfter => retryAfter;
}
