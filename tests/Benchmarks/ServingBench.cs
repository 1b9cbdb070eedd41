using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Benchmarks;

/// <summary>The serving half in front of a recognizer, over a real socket, in this process; without Kafka and tuning.</summary>
sealed class ServingBench : IAsyncDisposable
{
    readonly WebApplication app;
    readonly string folder;

    ServingBench(WebApplication app, string folder)
    {
        (this.app, this.folder) = (app, folder);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromHours(1) };
    }

    public HttpClient Client { get; }

    /// <summary>What answers requests, on a free port of the loopback address; neither started nor with a recognizer.</summary>
    public static WebApplication Build(ModelRegistry registry, int? workers = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var upload = new UploadOptions { MaxBytes = 1_000_000_000, MaxDuration = TimeSpan.FromHours(2) };
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(registry).AddSingleton<LoopHeartbeat>();
        builder.Services.AddSingleton(new ServingOptions { Workers = workers }).AddSingleton(upload).AddSingleton(new LiveOptions());
        // for publishing labels; connects at the first
        builder.Services.AddSingleton(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }).AddSingleton<KafkaClients>();
        builder.Services.AddSingleton(new DecodingRecipe()).AddSingleton<RecognizerLoader>().AddServing();
        var app = builder.Build();
        app.MapTranscriber();
        return app;
    }

    public static ModelRegistry Registry(string folder) =>
        new(new RegistryOptions { Path = folder }, TimeProvider.System, NullLogger<ModelRegistry>.Instance);

    public static async Task<ServingBench> StartAsync(Recognizer recognizer, int workers)
    {
        var folder = Directory.CreateTempSubdirectory("ssl-bench-").FullName;
        var app = Build(Registry(folder), workers);
        await app.StartAsync();
        var loaded = new LoadedRecognizer(1, 1, recognizer.Transcribe, Stream.Null) { WithHotWords = recognizer.Transcribe };
        app.Services.GetRequiredService<ServingSlot>().Swap(ServingModel.Of(loaded));
        app.Services.GetRequiredService<TranscriptionWorkers>().Start();
        return new ServingBench(app, folder);
    }

    public async Task<string> TranscribeAsync(byte[] wav)
    {
        using var response = await PostAsync(wav, "text", stream: false);
        return await response.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] wav, string format, bool stream)
    {
        var file = new ByteArrayContent(wav);
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        using var form = new MultipartFormDataContent
        {
            { file, "file", "recording.wav" },
            { new StringContent("ssl"), "model" },
            { new StringContent(format), "response_format" },
            { new StringContent(stream ? "true" : "false"), "stream" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/audio/transcriptions") { Content = form };
        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode();
    }

    /// <param name="samples">16 kHz mono.</param>
    public static byte[] Wav(ReadOnlySpan<short> samples)
    {
        var bytes = new byte[44 + 2 * samples.Length];
        byte[] head =
        [
            .. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0, .. "data"u8,
        ];
        head.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), 2 * samples.Length);
        MemoryMarshal.AsBytes(samples).CopyTo(bytes.AsSpan(44));
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
