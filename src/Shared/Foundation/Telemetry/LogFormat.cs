namespace Ssl.Shared.Foundation.Telemetry;

/// <summary>How a service writes its log to standard output.</summary>
public enum LogFormat
{
    Text,
    Json,
}
