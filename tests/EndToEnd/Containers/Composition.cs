using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Ssl.TestKit;

namespace Ssl.EndToEnd.Containers;

/// <summary>
/// <c>deploy/compose.yaml</c> under a project name of its own, on free ports of the loopback address, without Grafana, which neither Debian
/// nor a package registry has. The end takes down what was started, and nothing else.
/// </summary>
sealed class Composition : IAsyncDisposable
{
    /// <summary>Services of the composition that have a health check.</summary>
    public static readonly string[] Checked = ["kafka", "ingest", "learner", "tuner", "transcriber"];
    static readonly string[] Kinds = ["container", "volume", "network"]; // in the order in which they can go
    static readonly string[] AlsoEnded = ["--all"];
    static readonly string[] Services = [.. Checked, "prometheus"];
    static readonly TimeSpan UpLimit = TimeSpan.FromMinutes(4);
    static readonly TimeSpan DownLimit = TimeSpan.FromMinutes(2);
    static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(15);
    static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(1);
    static readonly TimeSpan PollLimit = TimeSpan.FromMilliseconds(200);
    static readonly string[] Files =
        ["-f", Path.Combine("deploy", "compose.yaml"), "-f", Path.Combine("tests", "EndToEnd", "Containers", "compose.test.yaml")];

    readonly string project = $"ssl-test-{Guid.NewGuid().ToString("N")[..8]}";
    readonly string operatorKey = Guid.NewGuid().ToString("N");
    readonly int kafkaPort = LoopbackPort.Free();
    readonly HttpClient prometheus;
    readonly Dictionary<string, string?> environment;
    bool isDown;

    Composition(ServiceImages images, string labels)
    {
        var (httpPort, prometheusPort) = (LoopbackPort.Free(), LoopbackPort.Free());
        Transcriber = new Uri($"http://127.0.0.1:{httpPort}");
        prometheus = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{prometheusPort}") };
        environment = new Dictionary<string, string?>
        {
            ["KAFKA_IMAGE"] = images.Kafka,
            ["INGEST_IMAGE"] = images["ssl-ingest"],
            ["LEARNER_IMAGE"] = images["ssl-learner"],
            ["TRANSCRIBER_IMAGE"] = images["ssl-transcriber"],
            ["PROMETHEUS_IMAGE"] = images.Prometheus,
            ["KAFKA_PORT"] = $"{kafkaPort}",
            ["HTTP_PORT"] = $"{httpPort}",
            ["PROMETHEUS_PORT"] = $"{prometheusPort}",
            ["LABELS"] = labels,
            ["OPERATOR_KEY_HASH"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(operatorKey))),
        };
    }

    /// <summary>Where requests are answered.</summary>
    public Uri Transcriber { get; }

    /// <param name="labels">Folder with <c>manifest.jsonl</c> and what it names.</param>
    public static async Task<Composition> UpAsync(ServiceImages images, string labels)
    {
        var composition = new Composition(images, labels);
        try
        {
            await composition.ComposeAsync(UpLimit, ["up", "-d", .. Services]);
            foreach (var service in Services) // podman-compose goes on when one does not start
                Assert.True(await composition.PidAsync(service) > 0, $"{service} does not run\n{await composition.LogAsync(service)}");
            return composition;
        }
        catch
        {
            await composition.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends recordings to <c>audio.raw</c> from outside the composition; the key of each is its file's name.</summary>
    public async Task PublishAsync(IEnumerable<DigitRecordings.Recording> recordings, CancellationToken ct)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = $"localhost:{kafkaPort}" })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        foreach (var recording in recordings)
        {
            await producer.ProduceAsync("audio.raw", new Message<string, byte[]>
            {
                Key = Path.GetFileName(recording.Path),
                Value = await File.ReadAllBytesAsync(recording.Path, ct),
                Headers = new Headers { { "content-type", Encoding.UTF8.GetBytes("audio/flac") } },
            }, ct);
        }
    }

    /// <summary>Reads <c>transcripts</c> from outside until each of the recordings has one.</summary>
    public void AwaitTranscripts(IEnumerable<DigitRecordings.Recording> recordings, CancellationToken ct)
    {
        var expected = recordings.Select(r => Path.GetFileName(r.Path)).ToHashSet();
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = $"localhost:{kafkaPort}",
            GroupId = project,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            AllowAutoCreateTopics = false,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Subscribe("transcripts");
        while (expected.Count > 0 && !ct.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(PollLimit)?.Message is { } transcript)
                    expected.Remove(transcript.Key);
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // the topic or the broker is not there yet
            }
        }
        consumer.Close();
        Assert.True(expected.Count == 0, $"without a transcript: {string.Join(", ", expected)}");
    }

    /// <summary>What an operator does over HTTP: <c>promote</c> of <c>ssl@2</c>.</summary>
    public async Task PromoteAsync(int version, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = Transcriber };
        http.DefaultRequestHeaders.Authorization = new("Bearer", operatorKey);
        using var answer = await http.PostAsync($"admin/models/ssl@{version}/promote?why=composition", null, ct);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }

    /// <summary>Value of a query of Prometheus; null where it gives no series.</summary>
    public async Task<double?> QueryAsync(string query, CancellationToken ct)
    {
        try
        {
            using var json = JsonDocument.Parse(await prometheus.GetStringAsync($"api/v1/query?query={Uri.EscapeDataString(query)}", ct));
            var result = json.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? null : Number(result[0]);
        }
        catch (HttpRequestException)
        {
            return null; // not up, or killed
        }
    }

    /// <summary>SIGKILL to the main process of a container, as a crash; returns its process id.</summary>
    public async Task<int> KillAsync(string service)
    {
        var pid = await PidAsync(service);
        using var process = Process.GetProcessById(pid);
        process.Kill();
        return pid;
    }

    /// <summary>Process id of the container's main process; 0 while none runs.</summary>
    public async Task<int> PidAsync(string service)
    {
        var state = await ContainerEngine.TryAsync("podman", ["inspect", "--format", "{{.State.Pid}}", Name(service)], CommandLimit);
        return state.ExitCode == 0 ? int.Parse(state.StandardOutput) : 0;
    }

    /// <summary>Runs the container's health check.</summary>
    public async Task<bool> IsHealthyAsync(string service) =>
        (await ContainerEngine.TryAsync("podman", ["healthcheck", "run", Name(service)], CommandLimit)).ExitCode == 0;

    public async Task<string> LogAsync(string service)
    {
        try
        {
            var log = await ContainerEngine.TryAsync("podman", ["logs", "--tail", "40", Name(service)], StepLimit);
            return $"--- {service}\n{log.StandardOutput}{log.StandardError}";
        }
        catch (OperationCanceledException)
        {
            return $"--- {service}: podman does not show its log"; // what is asked about is why the test failed
        }
    }

    /// <summary>Containers, volumes and networks of the project that are there.</summary>
    public async Task<string> LeftAsync()
    {
        var left = new StringBuilder();
        foreach (var kind in Kinds)
            left.Append(await ContainerEngine.RunAsync("podman", ListOf(kind), CommandLimit));
        return left.ToString().Trim();
    }

    /// <summary>Takes down what is the project's. Each step is tried and none throws: the output names what fails.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDown)
            return;
        isDown = true;
        prometheus.Dispose();
        await TryAsync("podman-compose", DownLimit, [.. Files, "--project-name", project, "down", "--volumes", "--timeout", "10"]);
        foreach (var kind in Kinds) // what it left: podman-compose 1.0 the network
        {
            var ids = (await TryAsync("podman", StepLimit, ListOf(kind))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (ids.Length > 0)
                await TryAsync("podman", StepLimit, [kind, "rm", "--force", .. ids]);
        }
    }

    /// <returns>What it printed; nothing if it failed.</returns>
    async Task<string> TryAsync(string program, TimeSpan within, string[] arguments)
    {
        try
        {
            var result = await ContainerEngine.TryAsync(program, arguments, within, environment);
            if (result.ExitCode == 0)
                return result.StandardOutput;
            Say(result.StandardError);
        }
        catch (Exception e) when (e is OperationCanceledException or Win32Exception or IOException)
        {
            Say(e.Message);
        }
        return "";

        void Say(string why) =>
            TestContext.Current.TestOutputHelper?.WriteLine($"{program} {string.Join(' ', arguments)}: {why}");
    }

    string[] ListOf(string kind) =>
        [kind, "ls", "--quiet", "--filter", $"label=com.docker.compose.project={project}", .. kind == "container" ? AlsoEnded : []];

    static double Number(JsonElement sample) => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);

    string Name(string service) => $"{project}_{service}_1";

    Task<string> ComposeAsync(TimeSpan limit, params string[] command) =>
        ContainerEngine.RunAsync("podman-compose", [.. Files, "--project-name", project, .. command], limit, environment);
}
