using System.Diagnostics;
using System.Text.Json;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// A real Prometheus on a free port of the loopback address with the configuration and rules of <c>deploy/prometheus</c>: only the
/// addresses are the test's, TLS is added, and it looks every second.
/// </summary>
sealed class PrometheusServer : IAsyncDisposable
{
    static readonly string Deployed = Path.Combine(SharedFolder.RepositoryRoot, "deploy", "prometheus");

    readonly Process process;
    readonly HttpClient http;

    PrometheusServer(Process process, int port)
    {
        this.process = process;
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Skips the test where the machine has none.</summary>
    /// <param name="services">By their address in the configuration (<c>ingest:8081</c>); they speak TLS.</param>
    /// <param name="rootFile">PEM file of what is trusted.</param>
    public static PrometheusServer Start(string folder, IReadOnlyDictionary<string, Uri> services, string rootFile)
    {
        Directory.CreateDirectory(folder);
        var (port, config) = (LoopbackPort.Free(), Path.Combine(folder, "prometheus.yml"));
        File.WriteAllText(config, Configuration(services, rootFile));
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
            Assert.Skip("needs Debian's package prometheus: make setup installs it");
            throw;
        }
    }

    /// <summary>Labels of every series that was ever seen of a selector, <c>__name__</c> among them.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> SeriesAsync(string selector, CancellationToken ct) =>
        [.. (await DataAsync($"series?match[]={Uri.EscapeDataString(selector)}", ct)).EnumerateArray()
            .Select(series => series.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!))];

    /// <summary>Types as the services give them, by value of the label <c>service</c> and name.</summary>
    public async Task<IReadOnlyDictionary<(string Service, string Name), string>> TypesAsync(CancellationToken ct) =>
        (await DataAsync("targets/metadata", ct)).EnumerateArray().ToDictionary(
            m => (m.GetProperty("target").GetProperty("service").GetString()!, m.GetProperty("metric").GetString()!),
            m => m.GetProperty("type").GetString()!);

    /// <summary>Number of series that a query gives now.</summary>
    public async Task<int> CountAsync(string query, CancellationToken ct) =>
        (await DataAsync($"query?query={Uri.EscapeDataString(query)}", ct)).GetProperty("result").GetArrayLength();

    /// <summary>What is wrong with the rules; of one that was not evaluated yet, that too.</summary>
    public async Task<IReadOnlyList<string>> RuleProblemsAsync(CancellationToken ct)
    {
        var rules = (await DataAsync("rules", ct)).GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray()).ToArray();
        Assert.NotEmpty(rules);
        return [.. rules.Where(rule => rule.GetProperty("health").GetString() != "ok").Select(rule => rule.ToString())];
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        http.Dispose();
    }

    /// <exception cref="HttpRequestException">It is still starting, or refuses the question.</exception>
    async Task<JsonElement> DataAsync(string question, CancellationToken ct)
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync($"api/v1/{question}", ct));
        return json.RootElement.GetProperty("data").Clone();
    }

    static string Configuration(IReadOnlyDictionary<string, Uri> services, string rootFile)
    {
        var yaml = File.ReadAllText(Path.Combine(Deployed, "prometheus.yml"));
        Replace("  - rules.yml", $"  - {Path.Combine(Deployed, "rules.yml")}");
        Replace("scrape_interval: 15s", "scrape_interval: 1s");
        Replace("evaluation_interval: 15s", "evaluation_interval: 1s");
        Replace("job_name: ssl\n", $"job_name: ssl\n    scheme: https\n    tls_config: {{ ca_file: {rootFile} }}\n");
        foreach (var (address, service) in services)
            Replace($"\"{address}\"", $"\"{service.Authority}\"");
        return yaml;

        void Replace(string deployed, string here)
        {
            Assert.Contains(deployed, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(deployed, here, StringComparison.Ordinal);
        }
    }
}
