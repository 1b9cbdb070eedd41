using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// One service as its user starts it: <c>dotnet run --project src/Learner -- settings</c>. Ended by the ids of the processes started here.
/// </summary>
sealed partial class ServiceProcess : IAsyncDisposable
{
    const int Terminate = 15;
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);
    static readonly string Configuration = AppContext.BaseDirectory.Contains(
        $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    readonly Process process;
    readonly StringBuilder output = new();

    public ServiceProcess(string project, int port, params string[] settings)
        : this(project, new Uri($"http://127.0.0.1:{port}"), settings)
    {
    }

    public ServiceProcess(string project, Uri address, params string[] settings)
    {
        Address = address;
        var start = new ProcessStartInfo("dotnet",
            ["run", "--project", Path.Combine("src", project), "-c", Configuration, "--no-build", "--", $"--Urls={Address}", .. settings])
        {
            WorkingDirectory = SharedFolder.RepositoryRoot,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>What it has printed.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>SIGKILL, to the service and the <c>dotnet run</c> that holds it.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Assert.Equal(0, Signal(process.Id, Terminate));
        using var limit = new CancellationTokenSource(StopLimit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    void Keep(string? line)
    {
        lock (output)
            output.AppendLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
