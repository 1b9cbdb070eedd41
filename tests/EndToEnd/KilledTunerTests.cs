using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// A tuner and a server as two processes on a real Apache Kafka: the tuner is killed while it fine-tunes, and no request notices.
/// </summary>
public sealed class KilledTunerTests : IAsyncLifetime
{
    const int Clients = 8;
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    static readonly TimeSpan TakeOverLimit = TimeSpan.FromMinutes(1);

    readonly CancellationTokenSource limit = new(Limit);
    readonly TemporaryFolder folder = new();
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    RealKafka kafka = null!;
    int started;

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
    public async Task A_tuner_that_is_killed_costs_no_request_and_another_takes_over()
    {
        var digits = new DigitRecordings();
        var manifest = digits.WriteManifest(folder.File("manifest.jsonl"), labelledTakes: 2);
        PublishVersions();
        await using var server = Start("--Transcriber:Role=serve");
        await UntilAsync("the server is ready", async () => await IsReadyAsync(server));
        await using var requests = new RequestsInFlight(server.Address, [.. digits.HeldOut.Take(20).Select(d => d.Path)]);
        requests.Start(Clients);

        string[] tuning = ["--Transcriber:Role=tune", $"--Transcriber:Labels:ManifestPath={manifest}"];
        await using var tuner = Start(tuning);
        await UntilAsync("the tuner fine-tunes", () => Task.FromResult(IsFineTuning(tuner)));
        await using var standby = Start(tuning);
        await UntilAsync("another stands by", async () => await IsReadyAsync(standby));
        await Task.Delay(TimeSpan.FromSeconds(5), limit.Token); // it has joined the group by now
        Assert.False(IsFineTuning(standby));

        var answered = requests.Answers.Count;
        await tuner.KillAsync();
        var killed = Environment.TickCount64;
        await UntilAsync("the other fine-tunes", () => Task.FromResult(IsFineTuning(standby)));
        var took = TimeSpan.FromMilliseconds(Environment.TickCount64 - killed);
        await requests.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"taken over after {took.TotalSeconds:0.0} s; {requests.Answers.Count} answers, {answered} before the kill");
        Assert.True(took < TakeOverLimit);
        Assert.Empty(requests.Failures);
        Assert.Equal(0, requests.NotYet);
        Assert.True(requests.Answers.Count > answered);
        Assert.Equal(0, await standby.StopAsync());
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_tuner_that_is_killed_goes_on_with_its_round_when_it_is_started_again()
    {
        var digits = new DigitRecordings();
        var manifest = digits.WriteManifest(folder.File("manifest.jsonl"), labelledTakes: 2);
        PublishVersions(layers: 20); // a round of several checkpoints, however fast the machine is
        string[] tuning = ["--Transcriber:Role=tune", $"--Transcriber:Labels:ManifestPath={manifest}",
            $"--Transcriber:DataPath={folder.File("tuner")}"];
        await using var tuner = Start(tuning);
        var round = folder.File("tuner/round");
        await UntilAsync("a checkpoint of its round", () =>
            Task.FromResult(Directory.Exists(round) && Directory.GetDirectories(round, "update-*").Length > 0));
        await tuner.KillAsync();
        await using var again = Start(tuning);
        await UntilAsync("it goes on", () => Task.FromResult(again.Output.Contains("goes on after ", StringComparison.Ordinal)));
        TestContext.Current.TestOutputHelper?.WriteLine(
            again.Output.Split('\n').First(l => l.Contains("goes on after ", StringComparison.Ordinal)));
        Assert.Equal(0, await again.StopAsync());
    }

    static bool IsFineTuning(ServiceProcess tuner) => tuner.Output.Contains("Fine-tuning encoder", StringComparison.Ordinal);

    ServiceProcess Start(params string[] settings) => new("Transcriber", LoopbackPort.Free(),
        [$"--Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Registry:Path={folder.File("registry")}",
            $"--Transcriber:DataPath={folder.File($"transcriber-{++started}")}", .. settings]);

    /// <summary>A champion to serve, and a newer encoder to be fine-tuned.</summary>
    void PublishVersions(int layers = 5)
    {
        var options = new RegistryOptions { Path = folder.File("registry") };
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        var epoch = registry.AcquireEpoch("test");
        var (vocabulary, healthy) = (Vocabulary.FromTexts(["abcdefghijklmnopqrstuvwxyz"]), new ManifestDraft { Health = "healthy" });
        var config = Wav2Vec2BertConfig.Tiny with { NumHiddenLayers = layers };
        using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(config, seed: 1), vocabulary.Size), vocabulary);
        var encoder = Publish(ModelKind.Encoder, healthy, f => ModelFolder.SaveEncoder(f, recognizer.Model.Encoder));
        var draft = new ManifestDraft { EncoderNumber = encoder, Health = "promoted" };
        new Champion(registry).Promote(Publish(ModelKind.Recognizer, draft, f => ModelFolder.SaveRecognizer(f, recognizer)), epoch, "test");
        Publish(ModelKind.Encoder, healthy with { Parent = encoder }, f => ModelFolder.SaveEncoder(f, recognizer.Model.Encoder));

        int Publish(ModelKind kind, ManifestDraft version, Action<string> write) => registry.Publish(kind, version, epoch, write).Number;
    }

    async Task<bool> IsReadyAsync(ServiceProcess service)
    {
        try
        {
            return (await http.GetAsync(new Uri(service.Address, "health/ready"), limit.Token)).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // still starting
        }
    }

    async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        try
        {
            while (!await reached())
                await Task.Delay(200, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"within {Limit.TotalMinutes:0} minutes there was not: {what}");
        }
    }
}
