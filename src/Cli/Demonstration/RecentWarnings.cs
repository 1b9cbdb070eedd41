namespace Ssl.Cli.Demonstration;

/// <summary>Keeps the last warnings and errors of the services for the view, instead of writing through it.</summary>
sealed class RecentWarnings(TimeProvider clock) : ILoggerProvider
{
    const int Kept = 20;
    readonly Queue<string> lines = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    void Keep(LogLevel level, string message)
    {
        lock (lines)
        {
            lines.Enqueue($"{clock.GetLocalNow():HH:mm:ss} {level}: {message}");
            while (lines.Count > Kept)
                lines.Dequeue();
        }
    }

    sealed class Logger(RecentWarnings kept) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                kept.Keep(logLevel, formatter(state, exception) + (exception is null ? "" : $" ({exception.GetBaseException().Message})"));
        }
    }
}
