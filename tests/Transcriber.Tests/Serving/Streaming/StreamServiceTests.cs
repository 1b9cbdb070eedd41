using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Streaming;

namespace Ssl.Transcriber.Tests.Serving.Streaming;

public sealed class StreamServiceTests
{
    const int Poisoned = 17_777; // samples of a segment at which the recognizer throws
    const int Count = 12;

    [Fact]
    public async Task A_segment_at_which_the_recognizer_throws_goes_to_the_dead_letters_alone_and_the_others_are_transcribed()
    {
        using var kafka = EmbeddedKafka.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await using var app = Build(kafka.BootstrapServers);
        var clients = app.Services.GetRequiredService<KafkaClients>();
        for (var number = 0; number < Count; number++)
        {
            var samples = new short[number == 3 ? Poisoned : 16_000 + number];
            var segment = new AudioSegment { Id = $"{number}", StreamId = "call", Pcm = MemoryMarshal.AsBytes(samples.AsSpan()).ToArray() };
            await clients.DeliverAsync(Topics.AudioSegments, SegmentMessages.ToMessage(segment), limit.Token, partition: 2);
        }
        await clients.DeliverAsync(Topics.AudioSegments, new() { Value = [1, 2], Headers = [] }, limit.Token, partition: 2);
        app.Services.GetRequiredService<ServingSlot>().Swap(new ServingModel(1, 1001, Transcribe, new FakeModel(1)));
        app.Services.GetRequiredService<TranscriptionWorkers>().Start();
        await app.StartAsync(limit.Token);

        var transcribed = new HashSet<string>();
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Transcripts, limit.Token))
        {
            transcribed.Add(JsonSerializer.Deserialize(message.Value!, ContractJson.Default.Transcript)!.SegmentId);
            if (transcribed.Count == Count - 1)
                break;
        }
        Assert.DoesNotContain("3", transcribed);
        var letters = new List<ConsumedMessage>();
        await foreach (var letter in AnnouncementFollower.FollowAsync(clients, Topics.AudioSegmentsDeadLetters, limit.Token))
        {
            letters.Add(letter);
            if (letters.Count == 2)
                break;
        }
        Assert.Equal([3, Count], letters.Select(l => l.Origin.Offset).Order());
        Assert.Contains(letters, l => l.Header(MessageHeaders.FailureReason) == "failed: InvalidOperationException: planted");
        Assert.Contains(letters, l => l.Header(MessageHeaders.FailureReason) == "unreadable: header ce_id is missing");
        await app.StopAsync(limit.Token);
        Assert.Equal(0, Environment.ExitCode);
    }

    static IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading) =>
        clips.Any(c => c.Length == Poisoned) ? throw new InvalidOperationException("planted")
            : [.. clips.Select(_ => new Transcription("text", [], 1))];

    static WebApplication Build(string bootstrapServers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System).AddSingleton<LoopHeartbeat>().AddSingleton<KafkaClients>();
        services.AddSingleton(new KafkaOptions { BootstrapServers = bootstrapServers, Embedded = true });
        services.AddSingleton(new ServingOptions()).AddSingleton(new UploadOptions()).AddSingleton(new StreamOptions());
        services.AddSingleton(new DecodingRecipe()).AddSingleton<RecognizerLoader>();
        services.AddSingleton(new ModelRegistry(
            new RegistryOptions { Path = Path.GetTempPath() }, TimeProvider.System, NullLogger<ModelRegistry>.Instance));
        services.AddServing();
        services.AddHostedService<StreamService>();
        return builder.Build();
    }
}
