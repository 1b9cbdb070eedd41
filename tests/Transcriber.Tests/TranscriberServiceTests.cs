using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests;

/// <summary>
/// The whole service on the embedded broker: an announced encoder and labels in, a recognizer, answers and transcripts out.
/// </summary>
public sealed class TranscriberServiceTests(ITestOutputHelper output) : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Encoder_and_labels_become_a_recognizer_that_serves_and_serves_again_after_a_restart()
    {
        var heldOut = Tones.Utterances(12, seed: 2);
        var manifest = Tones.Write(folder.File("labels"), ("train", Tones.Utterances(60, seed: 1)), ("test", heldOut));
        await using (var app = await StartAsync(manifest))
        {
            using var client = Client(app);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("health/ready", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health/live", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await TranscribeAsync(client, heldOut[0].Samples)).StatusCode);
            var clients = app.Services.GetRequiredService<KafkaClients>();
            foreach (var utterance in heldOut.Concat(heldOut)) // each delivered twice
                await clients.Producer.ProduceAsync(Topics.AudioSegments,
                    SegmentMessages.ToMessage(Segment(utterance.Id, utterance.Samples)), Ct);
            await PublishEncoderAsync(app);
            await UntilAsync(async () => (await client.GetAsync("health/ready", Ct)).IsSuccessStatusCode);

            using var answer = await TranscribeAsync(client, heldOut[0].Samples);
            Assert.Equal("1", answer.Headers.GetValues("x-model-version").Single());
            Assert.Equal("1", answer.Headers.GetValues("x-encoder-version").Single());
            var text = (await TestServer.JsonAsync(answer)).GetProperty("text").GetString();
            output.WriteLine($"said '{heldOut[0].Text}', heard '{text}'");

            using var models = await client.GetAsync("v1/models", Ct);
            var ids = (await TestServer.JsonAsync(models)).GetProperty("data").EnumerateArray()
                .Select(m => m.GetProperty("id").GetString()!).ToArray();
            Assert.Equal(["ssl", "ssl@candidate", "ssl@1"], ids);

            var transcripts = await TranscriptsAsync(clients, heldOut.Count);
            Assert.Equal(heldOut.Select(u => u.Id).Order(), transcripts.Select(t => t.SegmentId).Order());
            Assert.All(transcripts, t => Assert.Equal((1, 1), (t.RecognizerNumber, t.EncoderNumber)));
            Assert.Equal(text, transcripts.Single(t => t.SegmentId == heldOut[0].Id).Text);
            await Announced(clients);
            Assert.Contains("ssl_transcriber_gate_cer{set=\"gate\",model=\"candidate\",line=\"ssl\"}",
                await client.GetStringAsync("metrics", Ct), StringComparison.Ordinal);
        }
        await using var again = await StartAsync(manifest);
        using var clientAgain = Client(again);
        Assert.Equal(HttpStatusCode.OK, (await clientAgain.GetAsync("health/ready", Ct)).StatusCode);
        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
        Assert.Single(again.Services.GetRequiredService<ModelRegistry>().List(ModelKind.Recognizer)); // the encoder is not fine-tuned twice
    }

    [Fact]
    public void A_mistyped_option_is_named()
    {
        var error = Assert.Throws<InvalidSettingException>(() => Build("--Transcriber:FineTuning:Buget=00:01:00"));
        Assert.Contains("Transcriber:FineTuning:Buget", error.Message, StringComparison.Ordinal);
        Assert.Contains("Budget", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidSettingException>(() => Build("--Transcriber:FineTuning:Dropout=0"));
        Assert.Contains("it is part of the recipe fine-tuning-2026-11", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidSettingException>(() => Build("--Transcriber:PseudoLabels:MostAudioSeconds=60"));
        Assert.Contains("it is now Transcriber:PseudoLabels:MaxAudioSeconds", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidSettingException>(() => Build("--Transcriber:Serving:Workers=0"));
        Assert.Contains("Transcriber:Serving:Workers", error.Message, StringComparison.Ordinal);
    }

    async Task<WebApplication> StartAsync(string manifest)
    {
        var app = Build($"--Transcriber:Labels:ManifestPath={manifest}", $"--Transcriber:FineTuning:MaxUpdates={Tones.Updates}",
            "--Transcriber:FineTuning:FirstBudget=00:05:00");
        await app.StartAsync(Ct);
        return app;
    }

    WebApplication Build(params string[] settings)
    {
        var builder = SslHost.CreateBuilder(["--Urls=http://127.0.0.1:0", $"--Registry:Path={folder.File("registry")}",
            $"--Transcriber:DataPath={folder.File("transcriber")}",
            $"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true", .. settings], defaultPort: 0);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Tones.Recipe);
        builder.AddTranscriber();
        var app = builder.Build();
        app.MapSslDefaults();
        app.MapTranscriber();
        return app;
    }

    static async Task PublishEncoderAsync(WebApplication app)
    {
        var registry = app.Services.GetRequiredService<ModelRegistry>();
        using var encoder = SpeechEncoder.Create(Tones.SmallEncoder, seed: 1);
        var manifest = registry.Publish(ModelKind.Encoder, new ManifestDraft { Health = "healthy" }, registry.AcquireEpoch("learner"), f =>
            ModelFolder.SaveEncoder(f, encoder));
        var announcement = new EncoderAnnouncement
        {
            Number = manifest.Number,
            Created = manifest.Created,
            AudioSecondsTrained = 0,
            Steps = 0,
            Epoch = manifest.Epoch
        };
        var message = new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(EncoderAnnouncement.Key),
            Value = JsonSerializer.SerializeToUtf8Bytes(announcement, ContractJson.Default.EncoderAnnouncement)
        };
        await app.Services.GetRequiredService<KafkaClients>().Producer.ProduceAsync(Topics.Encoders, message, Ct);
    }

    static async Task<IReadOnlyList<Transcript>> TranscriptsAsync(KafkaClients clients, int least)
    {
        var transcripts = new List<Transcript>();
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Transcripts, quiet.Token))
        {
            transcripts.Add(JsonSerializer.Deserialize(message.Value!, ContractJson.Default.Transcript)!);
            if (transcripts.Count >= least)
                quiet.CancelAfter(TimeSpan.FromSeconds(1)); // one too many would come now
        }
        return transcripts;
    }

    static async Task Announced(KafkaClients clients)
    {
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Recognizers, Ct))
        {
            var announcement = JsonSerializer.Deserialize(message.Value!, ContractJson.Default.RecognizerAnnouncement)!;
            Assert.Equal(message.KeyText, announcement.Alias);
            if (announcement is { Alias: "champion", Number: 1, EncoderNumber: 1 })
                return;
        }
    }

    static AudioSegment Segment(string id, ReadOnlyMemory<short> samples) =>
        new() { Id = id, StreamId = "tones", Pcm = System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.Span).ToArray() };

    static Task<HttpResponseMessage> TranscribeAsync(HttpClient client, ReadOnlyMemory<short> samples)
    {
        var form = TestServer.Form(TestAudio.Wav(samples.Span));
        form.Add(new StringContent("ssl"), "model");
        return client.PostAsync("v1/audio/transcriptions", form, Ct);
    }

    static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.First()) };

    static async Task UntilAsync(Func<Task<bool>> reached)
    {
        for (var i = 0; i < 1_200 && !await reached(); i++)
            await Task.Delay(100, Ct);
        Assert.True(await reached());
    }
}
