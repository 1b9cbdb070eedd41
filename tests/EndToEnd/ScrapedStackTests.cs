using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// What a real Prometheus holds of the four services is what docs/metrics.md says: from the start, and once each of the events that the
/// page names has happened. Everything that rules and dashboards read is among it.
/// </summary>
public sealed class ScrapedStackTests : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    /// <summary>What the scrape adds; <c>le</c> is part of the type.</summary>
    static readonly string[] OfScrape = ["__name__", "job", "instance", "service", "le"];
    /// <summary>Values of the label <c>service</c> in deploy/prometheus/prometheus.yml, and the page's names for them.</summary>
    static readonly Dictionary<string, string> Names =
        new() { ["ingest"] = "ingest", ["learner"] = "learner", ["tuner"] = "tune", ["transcriber"] = "serve" };

    readonly CancellationTokenSource limit = new(Limit);
    readonly TemporaryFolder folder = new();
    readonly List<ServiceProcess> started = [];
    RealKafka kafka = null!;

    public async ValueTask InitializeAsync() => kafka = await RealKafka.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (kafka is not null)
            await kafka.DisposeAsync();
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Prometheus_holds_the_documented_series_with_the_documented_labels_and_no_others()
    {
        var digits = new DigitRecordings();
        PublishChampion();
        using (var certificates = new TestCertificates())
        {
            var (certificate, key) = certificates.Issue("watched");
            await File.WriteAllTextAsync(folder.File("tls.crt"), certificate, limit.Token);
            await File.WriteAllTextAsync(folder.File("tls.key"), key, limit.Token);
            await File.WriteAllTextAsync(folder.File("root.crt"), certificates.RootPem, limit.Token);
        }
        await using var ingest = Start("Ingest");
        await using var learner = Start("Learner", $"--Learner:DataPath={folder.File("learner")}", "--Learner:Threads=1",
            "--Learner:Publishing:FirstAfter=00:00:05");
        await using var tuner = Start("Transcriber", "--Transcriber:Role=Tune", $"--Transcriber:DataPath={folder.File("tuner")}",
            $"--Transcriber:Labels:ManifestPath={digits.WriteManifest(folder.File("manifest.jsonl"), labelledTakes: 1)}",
            "--Transcriber:FineTuning:MaxUpdates=5");
        await using var server = Start("Transcriber", "--Transcriber:Role=Serve");
        await using var prometheus = PrometheusServer.Start(folder.File("prometheus"), new Dictionary<string, Uri>
        {
            ["ingest:8081"] = ingest.Address,
            ["learner:8082"] = learner.Address,
            ["tuner:8080"] = tuner.Address,
            ["transcriber:8080"] = server.Address,
        }, folder.File("root.crt"));

        await UntilAsync("before any event", async () =>
            Missing(await HeldAsync(prometheus), Documented(row => row.AbsentUntil.Length == 0)));
        await PublishAsync(digits.Training.Take(300));
        var (held, documented) = ((IReadOnlySet<string>)new HashSet<string>(), Documented(_ => true));
        await UntilAsync("after the events of the page", async () => Different(held = await HeldAsync(prometheus), documented));
        Assert.Equal(documented.Order(StringComparer.Ordinal), held.Order(StringComparer.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', held.Order(StringComparer.Ordinal)));

        await UntilAsync("a rule is not evaluated", async () => await prometheus.RuleProblemsAsync(limit.Token));
        await UntilAsync("read by a rule or a dashboard", async () => await NotFoundAsync(prometheus, Read()));
    }

    static IReadOnlyList<string> Missing(IReadOnlySet<string> held, IReadOnlySet<string> expected) =>
        [.. expected.Where(row => !held.Contains(row)).Order(StringComparer.Ordinal)];

    /// <summary>A series whose type Prometheus does not know yet is another than the documented one, and so on both sides.</summary>
    static IReadOnlyList<string> Different(IReadOnlySet<string> held, IReadOnlySet<string> expected) =>
        [.. Missing(held, expected), .. held.Except(expected).Order(StringComparer.Ordinal).Select(row => $"{row} (not documented)")];

    static HashSet<string> Documented(Func<DocumentedSeries, bool> which) =>
        [.. DocumentedSeries.Page.Where(which).SelectMany(row => row.Services.Select(s => Row(s, row.Name, row.Labels, row.Type)))];

    /// <summary>What Prometheus has seen, in rows as the page would have them.</summary>
    async Task<IReadOnlySet<string>> HeldAsync(PrometheusServer prometheus)
    {
        var types = await prometheus.TypesAsync(limit.Token);
        return (await prometheus.SeriesAsync("{__name__=~\"ssl_.*\"}", limit.Token)).Select(labels =>
        {
            var (service, stored) = (labels["service"], labels["__name__"]);
            var name = Family(stored, s => types.GetValueOrDefault((service, s)) == "histogram");
            // in OpenMetrics the family of a counter has no suffix
            var type = types.GetValueOrDefault((service, name))
                ?? types.GetValueOrDefault((service, name.Replace("_total", "", StringComparison.Ordinal))) ?? "unknown";
            return Row(Names.GetValueOrDefault(service, service), name, labels.Keys.Except(OfScrape), type);
        }).ToHashSet();
    }

    static string Family(string stored, Func<string, bool> isHistogram) =>
        new[] { "_bucket", "_sum", "_count" }.Where(part => stored.EndsWith(part, StringComparison.Ordinal))
            .Select(part => stored[..^part.Length]).FirstOrDefault(isHistogram) ?? stored;

    static string Row(string service, string name, IEnumerable<string> labels, string type) =>
        $"{service} {name}{{{string.Join(',', labels.Order(StringComparer.Ordinal))}}} {type}";

    /// <summary>Every series that a rule or a dashboard reads, with every value of a label that it names, and every recorded one.</summary>
    static IEnumerable<string> Read()
    {
        var deployed = Path.Combine(SharedFolder.RepositoryRoot, "deploy");
        var rules = File.ReadAllText(Path.Combine(deployed, "prometheus", "rules.yml"));
        var queries = Directory.GetFiles(Path.Combine(deployed, "grafana", "dashboards"), "*.json").SelectMany(path =>
            JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("panels").EnumerateArray()
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!));
        return queries.Prepend(rules).SelectMany(SeriesSelector.In).SelectMany(selector => selector.Named).Distinct();
    }

    async Task<IReadOnlyList<string>> NotFoundAsync(PrometheusServer prometheus, IEnumerable<string> selectors)
    {
        var missing = new List<string>();
        foreach (var selector in selectors)
        {
            if ((await prometheus.SeriesAsync(selector, limit.Token)).Count == 0)
                missing.Add(selector);
        }
        return missing;
    }

    ServiceProcess Start(string project, params string[] settings)
    {
        var service = new ServiceProcess(project, new Uri($"https://127.0.0.1:{LoopbackPort.Free()}"),
            [$"--Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Registry:Path={folder.File("registry")}",
                $"--Http:Certificate={folder.File("tls.crt")}", $"--Http:CertificateKey={folder.File("tls.key")}", .. settings]);
        started.Add(service);
        return service;
    }

    /// <summary>An untrained one: something serves, and the first candidate is compared with it.</summary>
    void PublishChampion()
    {
        var registry = new ModelRegistry(
            new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        var shape = Wav2Vec2BertConfig.Tiny with { HiddenSize = 64, NumHiddenLayers = 2, IntermediateSize = 128 };
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(shape, seed: 1), vocabulary.Size), vocabulary);
        var epoch = registry.AcquireEpoch("test");
        var published = registry.Publish(ModelKind.Recognizer, new ManifestDraft { Health = ModelHealth.Promoted }, epoch, f =>
            ModelFolder.SaveRecognizer(f, recognizer));
        registry.MoveAlias(ModelId.Champion, published.Number, epoch, "test");
    }

    async Task PublishAsync(IEnumerable<DigitRecordings.Recording> recordings)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        foreach (var recording in recordings)
        {
            await producer.ProduceAsync("audio.raw", new Message<string, byte[]>
            {
                Key = Path.GetFileName(recording.Path),
                Value = await File.ReadAllBytesAsync(recording.Path, limit.Token),
                Headers = new Headers { { "content-type", Encoding.UTF8.GetBytes("audio/flac") } },
            }, limit.Token);
        }
    }

    /// <param name="left">What is still missing; empty: it is reached.</param>
    async Task UntilAsync(string what, Func<Task<IReadOnlyList<string>>> left)
    {
        IReadOnlyList<string> missing = [];
        try
        {
            while (true)
            {
                try
                {
                    if ((missing = await left()).Count == 0)
                        return;
                }
                catch (HttpRequestException)
                {
                    // Prometheus is still starting
                }
                await Task.Delay(Poll, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"within {Limit.TotalMinutes:0} minutes there was not, {what}:\n{string.Join('\n', missing)}\n"
                + string.Join('\n', started.Select(service => service.Output)));
        }
    }
}
