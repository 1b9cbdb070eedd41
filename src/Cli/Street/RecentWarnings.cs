using System.Collections.Concurrent;

namespace Ssl.Cli.Street;

/// <summary>Keeps the last warnings and errors, for a command that prints something else than a log. Thread-safe.</summary>
sealed class RecentWarnings(TimeProvider clock) : ILoggerProvider, ILogger
{
    const int Kept = 20;
    readonly ConcurrentQueue<string> lines = new();
    volatile string? last;

    public IReadOnlyList<string> Lines => [.. lines];
    /// <summary>The last message, without time and level; null: none yet.</summary>
    public string? Last => last;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var cause = exception is null ? "" : $" ({exception.GetBaseException().Message})";
        var message = $"{formatter(state, exception)}{cause}";
        last = message;
        lines.Enqueue($"{clock.GetLocalNow():HH:mm:ss} {logLevel}: {message}");
        while (lines.Count > Kept)
            lines.TryDequeue(out _);
    }

    public void Dispose()
    {
    }
}
