using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Tuning.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Promotion;

/// <summary>Which of several processes in role <c>tune</c> works, as hosts in one process.</summary>
public sealed class ElectionTests : IDisposable
{
    const string Began = "This process fine-tunes now";
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(1); // within which another takes over

    readonly TemporaryFolder folder = new();
    int tuners;
    readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Of_two_tuners_one_works_and_the_other_takes_over_when_it_ends()
    {
        await using var kafka = await RealKafka.StartAsync();
        string[] broker = [$"--Kafka:BootstrapServers={kafka.BootstrapServers}"];
        var (first, firstLog) = await StartAsync(broker);
        await using var working = new RunningHost(first);
        await UntilAsync("the first works", () => Terms(firstLog) == 1);
        var (standby, standbyLog) = await StartAsync(broker);
        await using var waiting = new RunningHost(standby);
        using var http = new HttpClient { BaseAddress = new Uri(standby.Urls.First()) };
        await UntilAsync("the second is ready", () => IsReady(http));
        await Task.Delay(TimeSpan.FromSeconds(5), limit.Token); // a member that joins moves nothing
        Assert.Equal((1, 0), (Terms(firstLog), Terms(standbyLog)));
        Assert.Equal(404, (int)(await http.GetAsync("v1/models", limit.Token)).StatusCode); // transcription is not its role

        await first.StopAsync(limit.Token);
        await UntilAsync("the second works", () => Terms(standbyLog) == 1);
        Assert.DoesNotContain(firstLog.Lines.Concat(standbyLog.Lines), l => l.StartsWith("Critical", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tuner_whose_epoch_is_over_joins_again_and_goes_on()
    {
        using var kafka = EmbeddedKafka.Start();
        var (app, log) = await StartAsync([$"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true"]);
        await using var host = new RunningHost(app);
        await UntilAsync("it works", () => Terms(log) == 1);
        var registry = app.Services.GetRequiredService<ModelRegistry>();
        registry.AcquireEpoch("transcriber"); // as a second tuner on another broker would
        using (var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1))
        {
            var draft = new ManifestDraft { Health = "healthy" };
            var number = registry.Publish(ModelKind.Encoder, draft, registry.AcquireEpoch("learner"), f =>
                ModelFolder.SaveEncoder(f, encoder)).Number;
            app.Services.GetRequiredService<Ssl.Transcriber.Tuning.Following.EncoderMailbox>().Offer(number);
        }
        await UntilAsync("its round is refused", () =>
            log.Lines.Any(l => l.Contains("Another process has fine-tuned", StringComparison.Ordinal)));
        Assert.Empty(registry.List(ModelKind.Recognizer));
        await UntilAsync("the encoder has a recognizer", () => registry.List(ModelKind.Recognizer).Count > 0);
        Assert.Equal(2, Terms(log));
    }

    [Fact]
    public async Task Learning_that_is_paused_makes_no_recognizer_until_it_is_resumed()
    {
        using var kafka = EmbeddedKafka.Start();
        var (app, log) = await StartAsync([$"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true"]);
        await using var host = new RunningHost(app);
        await UntilAsync("it works", () => Terms(log) == 1);
        var learning = app.Services.GetRequiredService<LearningSwitch>();
        await learning.SetAsync(paused: true, "ann", "the stream is noise", limit.Token);
        await UntilAsync("it is paused", () =>
            log.Lines.Any(l => l.Contains("paused by ann: the stream is noise", StringComparison.Ordinal)));
        var registry = app.Services.GetRequiredService<ModelRegistry>();
        using (var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1))
            registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = "healthy" }, registry.AcquireEpoch("learner"), f =>
                ModelFolder.SaveEncoder(f, encoder));
        await Task.Delay(TimeSpan.FromSeconds(2), limit.Token); // in which a term would begin
        Assert.Equal((1, 0), (Terms(log), registry.List(ModelKind.Recognizer).Count));
        Assert.DoesNotContain(log.Lines, l => l.Contains("no longer fine-tunes", StringComparison.Ordinal));
        var added = Tones.Utterances(1, seed: 3)[0].Samples;
        app.Services.GetRequiredService<LabelStore>().Put(new StoredLabel("added", "ssl", "added", Speaker: null, Domain: null, "train",
            ContentType: null, AudioId.Of(added.Span), added.Length / 16_000.0), TestAudio.Wav(added.Span));
        await UntilAsync("the label is listed", () => LabelCatalogue.Read(registry).Labels.Any(l => l.Id == "added"));
        await learning.SetAsync(paused: false, "ann", "over", limit.Token);
        await UntilAsync("the encoder has a recognizer", () => registry.List(ModelKind.Recognizer).Count > 0);
    }

    async Task<(WebApplication, RememberedLog)> StartAsync(string[] broker)
    {
        var manifest = Tones.Write(folder.File("labels"), ("train", Tones.Utterances(8, seed: 1)), ("test", Tones.Utterances(6, seed: 2)));
        var builder = SslHost.CreateBuilder(
            ["--Urls=http://127.0.0.1:0", $"--Registry:Path={folder.File("registry")}", "--Transcriber:Role=tune",
                $"--Transcriber:DataPath={folder.File($"tuner-{++tuners}")}",
                $"--Transcriber:Labels:ManifestPath={manifest}",
                "--Transcriber:FineTuning:MaxUpdates=2", .. broker], defaultPort: 0);
        var log = new RememberedLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddTranscriber();
        var app = builder.Build();
        app.MapSslDefaults();
        app.MapTranscriber();
        await app.StartAsync(limit.Token);
        return (app, log);
    }

    static int Terms(RememberedLog log) => log.Lines.Count(l => l.Contains(Began, StringComparison.Ordinal));

    static bool IsReady(HttpClient http) =>
        http.GetAsync("health/ready", TestContext.Current.CancellationToken).GetAwaiter().GetResult().IsSuccessStatusCode;

    async Task UntilAsync(string what, Func<bool> reached)
    {
        for (var started = Environment.TickCount64; !reached(); await Task.Delay(200, limit.Token))
            Assert.True(Environment.TickCount64 - started < Limit.TotalMilliseconds,
                $"within {Limit.TotalSeconds:0} s there was not: {what}");
    }
}
