using System.Collections.Concurrent;

namespace Ssl.Cli.Demonstration;

/// <summary>Keeps the last warnings and errors of the services for the view, which log lines would overwrite. Thread-safe.</summary>
sealed class RecentWarnings(TimeProvider clock) : ILoggerProvider, ILogger
{
    const int Kept = 20;
    readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyList<string> Lines => [.. lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var cause = exception is null ? "" : $" ({exception.GetBaseException().Message})";
        lines.Enqueue($"{clock.GetLocalNow():HH:mm:ss} {logLevel}: {formatter(state, exception)}{cause}");
        while (lines.Count > Kept)
            lines.TryDequeue(out _);
    }

    public void Dispose()
    {
    }
}
