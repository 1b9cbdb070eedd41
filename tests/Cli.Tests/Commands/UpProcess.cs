using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Ssl.Cli.Tests.Commands;

/// <summary><c>ssl up</c> in a process of its own, on a port that the system gives it.</summary>
sealed partial class UpProcess : IAsyncDisposable
{
    /// <summary>To be given to it as a setting.</summary>
    public const string AnyPort = "--Urls=http://127.0.0.1:0";

    static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    readonly Process process;
    readonly StringBuilder printed = new();

    /// <param name="process">Just started, with both outputs redirected; ended and disposed with this.</param>
    public UpProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed.</summary>
    public string Printed
    {
        get
        {
            lock (printed)
                return printed.ToString();
        }
    }

    /// <summary>Its address, once it says that it is ready. Fails with what it printed as soon as it has ended, and at the limit.</summary>
    public async Task<Uri> UntilReadyAsync(CancellationToken limit)
    {
        using var http = new HttpClient();
        try
        {
            while (true)
            {
                if (process.HasExited)
                {
                    await process.WaitForExitAsync(limit); // for the rest of its output
                    Assert.Fail($"ssl up has ended with {process.ExitCode}\n{Printed}");
                }
                if (Listening().Match(Printed) is { Success: true } said && new Uri(said.Groups[1].Value) is var address
                    && await IsReadyAsync(http, address, limit))
                    return address;
                await Task.Delay(LookEvery, limit);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"ssl up was not ready in time\n{Printed}");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndLimit);
        process.Dispose();
    }

    static async Task<bool> IsReadyAsync(HttpClient http, Uri address, CancellationToken limit)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(address, "health/ready"), limit);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it is about to end
        }
    }

    void Keep(string? line)
    {
        lock (printed)
            printed.AppendLine(line);
    }

    [GeneratedRegex(@"Listening on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
