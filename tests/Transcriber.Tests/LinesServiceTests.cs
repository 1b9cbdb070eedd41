using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
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
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Scoring;
using Ssl.TestKit;
using Ssl.Transcriber.Tests.Serving.Http;

namespace Ssl.Transcriber.Tests;

/// <summary>
/// Two lines on one encoder, labelled over HTTP: in one the tones are the letters as in <see cref="Tones"/>, in the other in reverse order.
/// </summary>
public sealed class LinesServiceTests : IDisposable
{
    const string Key = "sk-test";
    const string Other = "backwards";
    const int Count = 50;

    readonly TemporaryFolder folder = new();
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public LinesServiceTests() => limit.CancelAfter(TimeSpan.FromMinutes(10));

    public void Dispose()
    {
        kafka.Dispose();
        folder.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task Each_line_learns_its_own_labels_serves_under_its_own_name_and_is_better_on_its_own_speech()
    {
        var app = await StartAsync();
        await using var running = new RunningHost(app);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        var (own, others) = (Spoken(seed: 1), Spoken(seed: 2));
        foreach (var (text, wav) in own)
            await LabelAsync(client, wav, text, line: null);
        foreach (var (text, wav) in others)
            await LabelAsync(client, wav, Reversed(text), Other);
        using (var refused = await client.PostAsync("admin/labels", Form(own[0].Wav, "abc", "french"), limit.Token))
            Assert.Contains("there is no line 'french'; there are ssl, backwards", (await TestServer.ErrorAsync(refused)).Message,
                StringComparison.Ordinal);
        await CorrectAndRemoveAsync(client);

        PublishEncoder(app);
        string[] names = ["ssl", $"ssl-{Other}"];
        await UntilAsync("both serve", async () => names.All((await ListAsync(client, "v1/models"))
            .Select(m => m.GetProperty("id").GetString()).Contains));
        var unheard = Spoken(seed: 3)[..10];
        Assert.True(await ErrorAsync(client, names[0], unheard, t => t) < await ErrorAsync(client, names[1], unheard, t => t));
        Assert.True(await ErrorAsync(client, names[1], unheard, Reversed) < await ErrorAsync(client, names[0], unheard, Reversed));

        var registry = app.Services.GetRequiredService<ModelRegistry>();
        Assert.Equal([null, Other], registry.List(ModelKind.Recognizer).Select(m => m.Line).Distinct().Order(StringComparer.Ordinal));
        Assert.All(registry.List(ModelKind.Recognizer), m => Assert.Equal(1, m.EncoderNumber)); // one encoder for both
        Assert.Contains($"ssl-{Other}@{registry.Aliases()[$"{Other}/champion"].Number}",
            (await ListAsync(client, "v1/models")).Select(m => m.GetProperty("id").GetString()));
    }

    /// <summary>One label is corrected, one removed; the list shows it, and every part of it.</summary>
    async Task CorrectAndRemoveAsync(HttpClient client)
    {
        await UntilAsync("all are listed", async () => (await ListAsync(client, "admin/labels?limit=1000")).Length == 2 * Count);
        var labels = await ListAsync(client, $"admin/labels?limit=1000&line={Other}");
        Assert.Equal(Count, labels.Length);
        Assert.Superset(new HashSet<string> { "train", "gate", "hidden" }, labels.Select(l => Text(l, "split")!).ToHashSet());
        Assert.Equal(2, (await ListAsync(client, "admin/labels?limit=2&offset=5")).Length);
        var (corrected, removed) = (labels[0].GetProperty("id").GetString()!, labels[1].GetProperty("id").GetString()!);
        using (var answer = await client.PostAsJsonAsync("admin/labels", new { id = corrected, speaker = "eve" }, limit.Token))
            Assert.Equal(labels[0].GetProperty("text").GetString(), (await TestServer.JsonAsync(answer)).GetProperty("text").GetString());
        using (var answer = await client.DeleteAsync($"admin/labels/{removed}", limit.Token))
            answer.EnsureSuccessStatusCode();
        await UntilAsync("the list has changed", async () => await ListAsync(client, $"admin/labels?limit=1000&line={Other}") is var now
            && now.Length == Count - 1
            && now.Any(l => Text(l, "id") == corrected && Text(l, "speaker") == "eve"));
        using var unknown = await client.PostAsJsonAsync("admin/labels", new { id = "nobody", text = "abc" }, limit.Token);
        Assert.Equal("label_not_found", (await TestServer.ErrorAsync(unknown)).Code);
    }

    async Task<WebApplication> StartAsync()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        var builder = SslHost.CreateBuilder(["--Urls=http://127.0.0.1:0", $"--Registry:Path={folder.File("registry")}",
            $"--Transcriber:DataPath={folder.File("transcriber")}", $"--Kafka:BootstrapServers={kafka.BootstrapServers}",
            "--Kafka:Embedded=true", $"--Transcriber:FineTuning:MaxUpdates={Tones.Updates}",
            "--Transcriber:FineTuning:FirstBudget=00:20:00",
            $"--Transcriber:Lines:{Other}:Labels:HeldOutShare=0.3", $"--Transcriber:Serving:Keys:tester:Hash={hash}",
            "--Transcriber:Serving:Keys:tester:Scopes=Admin", "--Transcriber:Stream:Enabled=false"], defaultPort: 0);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Tones.Recipe);
        builder.AddTranscriber();
        var app = builder.Build();
        app.MapSslDefaults();
        app.MapTranscriber();
        await app.StartAsync(limit.Token);
        return app;
    }

    void PublishEncoder(WebApplication app)
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
            Epoch = manifest.Epoch,
        };
        app.Services.GetRequiredService<KafkaClients>().Producer.Produce(Topics.Encoders, new Message<byte[]?, byte[]?>
        {
            Key = Encoding.UTF8.GetBytes(EncoderAnnouncement.Key),
            Value = JsonSerializer.SerializeToUtf8Bytes(announcement, ContractJson.Default.EncoderAnnouncement),
        });
    }

    async Task LabelAsync(HttpClient client, byte[] wav, string text, string? line)
    {
        using var answer = await client.PostAsync("admin/labels", Form(wav, text, line), limit.Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(limit.Token));
    }

    static MultipartFormDataContent Form(byte[] wav, string text, string? line)
    {
        var form = TestServer.Form(wav);
        form.Add(new StringContent(text), "text");
        if (line is not null)
            form.Add(new StringContent(line), "line");
        return form;
    }

    async Task<double> ErrorAsync(HttpClient client, string model, (string Text, byte[] Wav)[] recordings, Func<string, string> said)
    {
        var errors = ErrorCounts.None;
        foreach (var (text, wav) in recordings)
        {
            var form = TestServer.Form(wav);
            form.Add(new StringContent(model), "model");
            using var answer = await client.PostAsync("v1/audio/transcriptions", form, limit.Token);
            errors += ErrorRate.Characters(said(text), (await TestServer.JsonAsync(answer)).GetProperty("text").GetString()!);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{model} on {said("abcdef")}: character error {errors.Rate:0.000}");
        return errors.Rate;
    }

    async Task<JsonElement[]> ListAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, limit.Token);
        return [.. (await TestServer.JsonAsync(answer)).GetProperty("data").EnumerateArray()];
    }

    static string? Text(JsonElement label, string field) => label.TryGetProperty(field, out var value) ? value.GetString() : null;

    static (string Text, byte[] Wav)[] Spoken(int seed) =>
        [.. Tones.Utterances(Count, seed).Select(u => (u.Text, TestAudio.Wav(u.Samples.Span)))];

    static string Reversed(string text) => string.Concat(text.Select(c => c == ' ' ? c : (char)('a' + 'f' - c)));

    async Task UntilAsync(string what, Func<Task<bool>> reached)
    {
        try
        {
            while (!await reached())
                await Task.Delay(100, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"in time there was not: {what}");
        }
    }
}
