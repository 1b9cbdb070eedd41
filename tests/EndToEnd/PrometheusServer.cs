using System.Diagnostics;
using System.Text.Json;

namespace Ssl.EndToEnd;

/// <summary>A real Prometheus on a free port of the loopback address, scraping the given services every second.</summary>
sealed class PrometheusServer : IAsyncDisposable
{
    readonly Process process;
    readonly HttpClient http;

    PrometheusServer(Process process, int port)
    {
        this.process = process;
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Null where the machine has none: what it would have seen is then not looked at.</summary>
    public static PrometheusServer? Start(string folder, IEnumerable<Uri> services)
    {
        Directory.CreateDirectory(folder);
        var (port, config) = (ServiceProcess.FreePort(), Path.Combine(folder, "prometheus.yml"));
        File.WriteAllText(config, $"""
            global: {"{"} scrape_interval: 1s {"}"}
            scrape_configs:
              - job_name: ssl
                static_configs:
                  - targets: [{string.Join(", ", services.Select(s => $"'{s.Authority}'"))}]
            """);
        try
        {
            return new PrometheusServer(Process.Start(new ProcessStartInfo("prometheus",
                [$"--config.file={config}", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!, port);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            TestContext.Current.AddWarning("there is no prometheus on this machine: scraping was not looked at");
            return null;
        }
    }

    /// <summary>True when the query gives at least one series now.</summary>
    public async Task<bool> SeesAsync(string query, CancellationToken ct)
    {
        try
        {
            using var json = JsonDocument.Parse(await http.GetStringAsync($"api/v1/query?query={Uri.EscapeDataString(query)}", ct));
            return json.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() > 0;
        }
        catch (HttpRequestException)
        {
            return false; // still starting
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        http.Dispose();
    }
}
