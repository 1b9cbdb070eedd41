using System.Net;
using System.Text;
using Confluent.Kafka;
using Ssl.Cli.Demonstration;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// The same loop as three separate processes on a real Apache Kafka, fed by a plain Kafka producer.
/// </summary>
public sealed class ThreeProcessesTests : IAsyncLifetime
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource limit = new(Limit);
    readonly TemporaryFolder folder = new();
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    RealKafka kafka = null!;

    public async ValueTask InitializeAsync() => kafka = await RealKafka.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (kafka is not null)
            await kafka.DisposeAsync();
        folder.Dispose();
        http.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Audio_from_a_plain_producer_becomes_an_answer_and_a_killed_learner_goes_on_where_it_was()
    {
        var digits = new DigitRecordings();
        var manifest = digits.WriteManifest(folder.File("manifest.jsonl"), labelledTakes: 5);
        await using var ingest = Start("Ingest");
        await using var transcriber = Start("Transcriber", $"--Transcriber:Labels:ManifestPath={manifest}",
            $"--Transcriber:DataPath={folder.File("transcriber")}",
            "--Transcriber:FineTuning:FirstBudget=00:01:30");
        await using var learner = StartLearner();
        await UntilAsync("the services live", async () => await IsOkAsync(ingest, "health/live") && await IsOkAsync(learner, "health/live")
            && await IsOkAsync(transcriber, "health/live"));
        await UntilAsync("the transcriber is started, though no recognizer serves", () => IsOkAsync(transcriber, "health/startup"));

        var published = digits.Training.Take(300).ToArray();
        await PublishAsync(published);
        await UntilAsync("an encoder version", async () => await MetricAsync(learner, "ssl_learner_encoder_version") >= 1);
        await UntilAsync("an answer", async () => await IsOkAsync(transcriber, "health/ready"));
        var answer = await RequestsInFlight.TranscribeAsync(new HttpClient { BaseAddress = transcriber.Address },
            digits.HeldOut[0].Path, limit.Token);
        Assert.Equal(1, answer!.Version);
        foreach (var topic in new[] { "models.encoders", "models.recognizers" })
            Assert.Contains("cleanup.policy=compact", await kafka.ToolAsync("configs", "--describe", "--topic", topic));

        await UntilAsync("every segment is stored", async () =>
            await MetricAsync(learner, "ssl_learner_replay_segments") >= published.Length);
        var checkpointed = await MetricAsync(learner, "ssl_learner_steps_total");
        await UntilAsync("a checkpoint later", async () => await MetricAsync(learner, "ssl_learner_checkpoint_seconds_count") >= 2);
        await learner.KillAsync();
        await PublishAsync(published.Take(20)); // the same audio as new messages: new identities
        await using var again = StartLearner();
        await UntilAsync("the learner goes on", async () => await MetricAsync(again, "ssl_learner_steps_total") > checkpointed);
        await UntilAsync("the new segments are stored", async () =>
            await MetricAsync(again, "ssl_learner_replay_segments") >= published.Length + 20);
        await Task.Delay(TimeSpan.FromSeconds(3), limit.Token);
        Assert.Equal(published.Length + 20, await MetricAsync(again, "ssl_learner_replay_segments")); // none twice

        Assert.Equal(0, await ingest.StopAsync());
        Assert.Equal(0, await transcriber.StopAsync());
        Assert.Equal(0, await again.StopAsync());
    }

    ServiceProcess StartLearner() => Start("Learner", $"--Learner:DataPath={folder.File("learner")}", "--Learner:Threads=1",
        "--Learner:Publishing:FirstAfter=00:00:10", "--Learner:Publishing:Every=00:10:00", "--Learner:Checkpoints:Every=00:00:03");

    ServiceProcess Start(string project, params string[] settings) =>
        new(project, LoopbackPort.Free(),
            [$"--Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Registry:Path={folder.File("registry")}", .. settings]);

    async Task PublishAsync(IEnumerable<DigitRecordings.Recording> recordings)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        foreach (var recording in recordings)
        {
            var message = new Message<string, byte[]>
            {
                Key = Path.GetFileName(recording.Path),
                Value = await File.ReadAllBytesAsync(recording.Path, limit.Token),
                Headers = new Headers { { "content-type", Encoding.UTF8.GetBytes("audio/flac") } },
            };
            await producer.ProduceAsync("audio.raw", message, limit.Token);
        }
    }

    async Task<bool> IsOkAsync(ServiceProcess service, string path)
    {
        try
        {
            return (await http.GetAsync(new Uri(service.Address, path), limit.Token)).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    async Task<double> MetricAsync(ServiceProcess service, string name)
    {
        try
        {
            return new PrometheusText(await http.GetStringAsync(new Uri(service.Address, "metrics"), limit.Token)).Sum(name);
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        try
        {
            while (!await reached())
                await Task.Delay(Poll, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"within {Limit.TotalMinutes:0} minutes there was not: {what}");
        }
    }
}
