using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Listening;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Live;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Cli.Tests.Listening;

/// <summary><c>ssl listen FILE</c> against the service's own live path, with a recognizer of the test.</summary>
public sealed class ListenTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recording_is_played_and_its_text_printed_to_the_last_word()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("speech.wav"), TestAudio.Wav(TestAudio.Bursts(2))); // ends within a turn
        await using var app = await ServeAsync(folder.Path);
        Assert.Equal(["one two", "one two"], await ListenAsync(app, folder.File("speech.wav"), json: false));
        var events = await ListenAsync(app, folder.File("speech.wav"), json: true);
        Assert.Equal(2, events.Count(e => e.Contains("input_audio_transcription.completed", StringComparison.Ordinal)));
        Assert.Contains(events, e => e.Contains("speech_started", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_and_a_wrong_file_are_said()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("text.wav"), "no audio");
        await using var app = await ServeAsync(folder.Path);
        var refused = await Assert.ThrowsAsync<IOException>(() => LiveConnection.OpenAsync(new Uri(app.Urls.First()), "gpt-9", null, Ct));
        Assert.Contains("gpt-9", refused.Message);
        await Assert.ThrowsAsync<InvalidDataException>(() => ListenAsync(app, folder.File("text.wav"), json: false));
    }

    [Fact]
    public void On_a_terminal_the_line_shows_what_is_settled_and_what_may_change()
    {
        var output = new StringWriter();
        var text = new TranscriptView(output, json: false, width: 12);
        void Show(string kind, string name, string value) => text.Show(System.Text.Json.JsonSerializer.SerializeToElement(
            new Dictionary<string, string> { ["type"] = $"conversation.item.input_audio_transcription.{kind}", [name] = value }));
        Show("delta", "delta", "one two");
        Show("partial", "text", "three");
        Assert.EndsWith("e two \u001b[90mthree\u001b[0m", output.ToString());
        Show("completed", "transcript", "one two three");
        Assert.EndsWith("\u001b[Kone two three\n", output.ToString());
    }

    static async Task<string[]> ListenAsync(WebApplication app, string path, bool json)
    {
        var output = new StringWriter();
        using var session = await LiveConnection.OpenAsync(new Uri(app.Urls.First()), "ssl", null, Ct);
        await session.RunAsync(SpokenAudio.OfFileAsync(path, TimeProvider.System, Ct), new TranscriptView(output, json, null).Show, Ct);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static async Task<WebApplication> ServeAsync(string registry)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<LoopHeartbeat>();
        builder.Services.AddSingleton(new ModelRegistry(
            new RegistryOptions { Path = registry }, TimeProvider.System, NullLogger<ModelRegistry>.Instance));
        builder.Services.AddSingleton(new ServingOptions()).AddSingleton(new UploadOptions()).AddSingleton(new LiveOptions());
        builder.Services.AddSingleton(new DecodingRecipe()).AddSingleton<RecognizerLoader>();
        // for publishing labels; connects at the first
        builder.Services.AddSingleton(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }).AddSingleton<KafkaClients>();
        builder.Services.AddServing();
        var app = builder.Build();
        app.MapTranscriber();
        await app.StartAsync(Ct);
        app.Services.GetRequiredService<TranscriptionWorkers>().Start();
        app.Services.GetRequiredService<ServingSlot>().Swap(new ServingModel(1, 1, (_, _) => [], Stream.Null)
        {
            Listen = _ => (_, ends) => Heard(ends),
        });
        return app;
    }

    static LiveText Heard(bool ends) =>
        new(ends ? [new TranscribedWord("one", 0, 1), new TranscribedWord("two", 1, 2)] : [], []);
}
