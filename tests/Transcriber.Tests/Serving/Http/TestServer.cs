using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Learning;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Tests.Serving.Http;

/// <summary>The HTTP contract over a real socket, in front of a model of the test; without Kafka, fine-tuning or libtorch.</summary>
sealed class TestServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly TemporaryFolder folder;

    TestServer(WebApplication app, ModelRegistry registry, TemporaryFolder folder)
    {
        (this.app, this.folder) = (app, folder);
        Registry = registry;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Client { get; }

    public ModelRegistry Registry { get; }

    public string RegistryPath => folder.File("registry");

    public ServingSlot Slot => app.Services.GetRequiredService<ServingSlot>();

    public ModelCatalog Catalog => app.Services.GetRequiredService<ModelCatalog>();

    public TranscriptionQueue Queue => app.Services.GetRequiredService<TranscriptionQueue>();

    public LiveSessions Sessions => app.Services.GetRequiredService<LiveSessions>();

    /// <summary>As the host does at SIGTERM.</summary>
    public Task StopAsync() => app.StopAsync(TestContext.Current.CancellationToken);

    public Throughput Throughput => app.Services.GetRequiredService<Throughput>();

    public static async Task<TestServer> StartAsync(
        ServingOptions? serving = null, UploadOptions? upload = null, bool work = true, LiveOptions? live = null,
        KafkaOptions? broker = null, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddHttpServer();
        builder.Logging.ClearProviders();
        var folder = new TemporaryFolder();
        var registry = AddServices(builder, folder, serving, upload, live, broker);
        var app = builder.Build();
        app.UseHttpServer();
        app.MapTranscriber();
        await app.StartAsync();
        if (work)
            app.Services.GetRequiredService<TranscriptionWorkers>().Start();
        return new TestServer(app, registry, folder);
    }

    /// <summary>What answers requests, on a registry in <paramref name="folder"/>.</summary>
    public static ModelRegistry AddServices(
        WebApplicationBuilder builder, TemporaryFolder folder, ServingOptions? serving = null, UploadOptions? upload = null,
        LiveOptions? live = null, KafkaOptions? broker = null)
    {
        var options = new RegistryOptions { Path = folder.File("registry") };
        var registry = new ModelRegistry(options, TimeProvider.System, NullLogger<ModelRegistry>.Instance);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(registry).AddSingleton<LoopHeartbeat>();
        builder.Services.AddSingleton(serving ?? new ServingOptions()).AddSingleton(upload ?? new UploadOptions());
        builder.Services.AddSingleton(live ?? new LiveOptions());
        builder.Services.AddSingleton(new DecodingRecipe()).AddSingleton<RecognizerLoader>();
        // for publishing labels; connects at the first
        builder.Services.AddSingleton(broker ?? new KafkaOptions { BootstrapServers = "127.0.0.1:1" }).AddSingleton<KafkaClients>()
            .AddSingleton<LearningSwitch>();
        builder.Services.AddServing();
        return registry;
    }

    public Task<HttpResponseMessage> TranscribeAsync(byte[] file, string model = "ssl", params (string Name, string Value)[] fields)
    {
        var form = Form(file);
        form.Add(new StringContent(model), "model");
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        return PostAsync(form);
    }

    public Task<HttpResponseMessage> PostAsync(HttpContent content) =>
        Client.PostAsync("v1/audio/transcriptions", content, TestContext.Current.CancellationToken);

    public static MultipartFormDataContent Form(byte[] file)
    {
        var part = new ByteArrayContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new MultipartFormDataContent { { part, "file", "recording.wav" } };
    }

    /// <summary>The contract's error body; fails where the answer is not one.</summary>
    public static async Task<(string Message, string Type, string? Param, string? Code)> ErrorAsync(HttpResponseMessage response)
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var error = json.RootElement.GetProperty("error");
        string? Field(string name) => error.GetProperty(name).GetString();
        return (Field("message")!, Field("type")!, Field("param"), Field("code"));
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.Clone();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        folder.Dispose();
    }
}
