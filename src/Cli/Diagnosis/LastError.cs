namespace Ssl.Cli.Diagnosis;

/// <summary>Keeps the last warning of the Kafka client, which knows why a broker does not answer. Thread-safe.</summary>
sealed class LastError : ILoggerProvider, ILogger
{
    volatile string? text;

    public string? Text => text;

    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            text = formatter(state, exception);
    }

    public void Dispose()
    {
    }
}
