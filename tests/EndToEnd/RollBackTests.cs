using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// A recognizer that passed every gate answers nothing: two serving processes under requests bring the former champion back by themselves.
/// </summary>
public sealed class RollBackTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    readonly CancellationTokenSource limit = new(Limit);
    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly ModelRegistry registry;
    readonly Stopwatch time = new();

    public RollBackTests() => registry = new ModelRegistry(
        new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Replicas_withdraw_a_champion_whose_answers_are_empty_and_no_request_fails()
    {
        var epoch = registry.AcquireEpoch("transcriber");
        var champion = new Champion(registry);
        champion.Promote(Publish(epoch, blank: 1e-6), epoch, "the first");
        await using var first = Start();
        await using var second = Start();
        File.WriteAllBytes(folder.File("said.wav"), TestAudio.Wav(TestAudio.Bursts(2, seed: 1)));
        await using var requests = new RequestsInFlight(first.Address, [folder.File("said.wav")]);
        await using var others = new RequestsInFlight(second.Address, [folder.File("said.wav")]);
        await ReadyAsync(first.Address);
        await ReadyAsync(second.Address);
        requests.Start(count: 2);
        others.Start(count: 1);
        await UntilAsync("the first champion answers in both", () => requests.Answers.Count > 40 && others.Answers.Count > 40);

        time.Start();
        champion.Promote(Publish(epoch, blank: 1 - 1e-9), epoch, "better on every set");
        Say("promoted");
        await UntilAsync("the next one answers", () => requests.Answers.Any(a => a.Version == 2));
        Say("answers, with empty texts");
        await UntilAsync("it is withdrawn", () => registry.Aliases()[ModelId.Champion].Number == 1);
        Say($"withdrawn by {registry.Aliases()[ModelId.Champion].Who}: {registry.Aliases()[ModelId.Champion].Why}");
        foreach (var (replica, number) in new[] { (requests, 1), (others, 2) })
        {
            await UntilAsync("the former champion answers", () => replica.Answers.LastOrDefault()?.Version == 1);
            Say($"the former champion answers in process {number}");
        }
        await requests.StopAsync();
        await others.StopAsync();

        Assert.Empty(requests.Failures);
        Assert.Empty(others.Failures);
        Assert.Contains(requests.Answers, a => a is { Version: 2, Text: "" });
        Assert.All(requests.Answers.Where(a => a.Version == 1), a => Assert.NotEmpty(a.Text));
        Assert.Equal(["champion", "withdrawn/2"], registry.Aliases().Keys.Order(StringComparer.Ordinal));
        using var http = new HttpClient();
        const string counted = "ssl_transcriber_rollbacks_total{bound=\"empty_texts\"} 1";
        var metrics = await Task.WhenAll(new[] { first, second }.Select(process =>
            http.GetStringAsync(new Uri(process.Address, "metrics"), limit.Token)));
        Assert.Contains(metrics, text => text.Contains(counted, StringComparison.Ordinal));
    }

    ServiceProcess Start() => new("Transcriber", LoopbackPort.Free(), "--Transcriber:Role=Serve", "--Kafka:Embedded=true",
        $"--Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Registry:Path={folder.File("registry")}");

    /// <param name="blank">Probability of the blank: near 0 every frame is some letter, near 1 every text is empty.</param>
    int Publish(WriterEpoch epoch, double blank)
    {
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        var shape = Wav2Vec2BertConfig.Tiny with { HiddenSize = 64, NumHiddenLayers = 2, IntermediateSize = 128 };
        var model = new CtcModel(SpeechEncoder.Create(shape, seed: 1), vocabulary.Size);
        model.ExpectLabels([blank, .. Enumerable.Repeat((1 - blank) / (vocabulary.Size - 1), vocabulary.Size - 1)]);
        using var recognizer = new Recognizer(model, vocabulary);
        return registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 1, Health = ModelHealth.Promoted }, epoch, f =>
            ModelFolder.SaveRecognizer(f, recognizer)).Number;
    }

    async Task ReadyAsync(Uri process)
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                if ((await http.GetAsync(new Uri(process, "health/ready"), limit.Token)).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // it does not listen yet
            }
            await Task.Delay(Poll, limit.Token);
        }
    }

    void Say(string what) => TestContext.Current.TestOutputHelper?.WriteLine($"{time.Elapsed.TotalSeconds,5:0.0} s: {what}");

    async Task UntilAsync(string what, Func<bool> reached)
    {
        try
        {
            while (!reached())
                await Task.Delay(Poll, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"within {Limit.TotalMinutes:0} minutes there was not: {what}");
        }
    }
}
