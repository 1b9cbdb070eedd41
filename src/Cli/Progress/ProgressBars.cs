using Spectre.Console;
using Ssl.Shared.Foundation.Files;

namespace Ssl.Cli.Progress;

/// <summary>
/// Bars on a terminal while a command works long: how much is done, how fast, how long it still takes. They are gone when it has ended.
/// Thread-safe.
/// </summary>
sealed class ProgressBars : IProgress<ByteProgress>
{
    readonly ProgressContext? context;
    readonly Dictionary<string, ProgressTask> bars = new(StringComparer.Ordinal);
    readonly Lock gate = new();

    ProgressBars(ProgressContext? context) => this.context = context;

    /// <summary>False: there is no terminal, and reports go nowhere.</summary>
    public bool AreShown => context is not null;

    /// <summary>Standard error; null where it or standard output is no terminal, which bars would spoil.</summary>
    public static IAnsiConsole? Terminal() => Console.IsErrorRedirected || Console.IsOutputRedirected
        ? null : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <param name="terminal">Null: nothing is shown.</param>
    /// <param name="unit">Of all reports, e.g. <c>recordings</c>; null: bytes.</param>
    public static async Task<T> ShowAsync<T>(IAnsiConsole? terminal, string? unit, Func<ProgressBars, Task<T>> work)
    {
        if (terminal is null)
            return await work(new ProgressBars(null));
        ProgressColumn[] amount = unit is null ? [new DownloadedColumn(), new TransferSpeedColumn()] : [new CountColumn(unit)];
        return await terminal.Progress().AutoClear(true)
            .Columns([new TaskDescriptionColumn(), new ProgressBarColumn(), .. amount, new RemainingTimeColumn()])
            .StartAsync(context => work(new ProgressBars(context)));
    }

    /// <param name="done">In the unit of <see cref="ShowAsync"/>, as <paramref name="total"/> is.</param>
    public void Report(string work, double done, double total)
    {
        if (context is null)
            return;
        lock (gate)
        {
            if (!bars.TryGetValue(work, out var bar))
                bars.Add(work, bar = context.AddTask(Markup.Escape(work)));
            (bar.MaxValue, bar.Value) = (Math.Max(total, 1), done);
        }
    }

    void IProgress<ByteProgress>.Report(ByteProgress value) => Report(value.Work, value.DoneBytes, value.TotalBytes);
}
