using System.Diagnostics;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>Ingest as a process of its own, which a test may kill; ended by the id of the process started here.</summary>
sealed class IngestProcess : IDisposable
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    readonly Process process;
    readonly HttpClient http;

    public IngestProcess(string bootstrapServers, int port, params string[] settings)
    {
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(5) };
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Ssl.Ingest.dll"), $"--Urls=http://127.0.0.1:{port}",
            $"--Kafka:BootstrapServers={bootstrapServers}", .. settings];
        process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, line) => Log.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => Log.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;
    public System.Collections.Concurrent.ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Until <c>/metrics</c> has the lag of <c>audio.raw</c>: partitions are assigned.</summary>
    public async Task<TimeSpan> UntilAtWorkAsync(CancellationToken ct)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(Look, ct))
        {
            Assert.False(process.HasExited, string.Join('\n', Log));
            if (await IsAtWorkAsync(ct))
                return since.Elapsed;
        }
    }

    public async Task<bool> IsAtWorkAsync(CancellationToken ct)
    {
        try
        {
            return (await MetricsAsync(ct)).Contains("ssl_kafka_consumer_lag{topic=\"audio.raw\"", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    public Task<string> MetricsAsync(CancellationToken ct) => http.GetStringAsync("metrics", ct);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
        http.Dispose();
    }
}
