using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.TestKit;

namespace Ssl.EndToEnd;

/// <summary>
/// Two Transcribers that share <c>audio.segments</c> on a real Apache Kafka: one is killed, another joins, and each segment has one
/// transcript.
/// </summary>
public sealed class TwoReplicasTests : IAsyncLifetime
{
    const int Partitions = 4;
    const int Batch = 400;
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3); // one transcript too many would come within it

    readonly CancellationTokenSource limit = new(Limit);
    readonly TemporaryFolder folder = new();
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    RealKafka kafka = null!;
    KafkaClients clients = null!;
    int replicas;

    public async ValueTask InitializeAsync()
    {
        kafka = await RealKafka.StartAsync();
        clients = new KafkaClients(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, NullLoggerFactory.Instance);
        await clients.EnsureTopicsAsync(TopicSetup.All(Partitions), limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        clients?.Dispose();
        if (kafka is not null)
            await kafka.DisposeAsync();
        folder.Dispose();
        http.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task A_replica_that_is_killed_and_one_that_joins_neither_lose_nor_repeat_a_transcript()
    {
        PublishRecognizer();
        await using var first = Start();
        await using var second = Start();
        await ReadyAsync(first);
        await ReadyAsync(second);
        await PublishAsync(0);
        await TranscriptsAsync(Batch / 4);
        await first.KillAsync(); // what it has done since its last commit, a second ago at most, is delivered again
        await PublishAsync(Batch);
        await TranscriptsAsync(Batch + Batch / 4); // the rest is still being worked on when the next replica joins
        await using var third = Start();
        await PublishAsync(2 * Batch);

        var transcripts = await TranscriptsAsync(3 * Batch, all: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{transcripts.Count} transcripts of {3 * Batch} segments");
        Assert.Equal(Enumerable.Range(0, 3 * Batch).Select(Id).Order(), transcripts.Order());
        Assert.Equal(0, await second.StopAsync());
        Assert.Equal(0, await third.StopAsync());
    }

    ServiceProcess Start() => new("Transcriber", LoopbackPort.Free(),
        [$"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:session.timeout.ms=6000", "--Kafka:heartbeat.interval.ms=1000",
            $"--Registry:Path={folder.File("registry")}", $"--Transcriber:DataPath={folder.File($"replica-{++replicas}")}"]);

    void PublishRecognizer()
    {
        var registry = new ModelRegistry(new RegistryOptions { Path = folder.File("registry") }, TimeProvider.System,
            NullLogger<ModelRegistry>.Instance);
        var vocabulary = Vocabulary.FromTexts(["abcdef"]);
        var encoder =
            SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny with { HiddenSize = 64, NumHiddenLayers = 2, IntermediateSize = 128 }, seed: 1);
        using var recognizer = new Recognizer(new CtcModel(encoder, vocabulary.Size), vocabulary);
        var epoch = registry.AcquireEpoch("test");
        var published = registry.Publish(ModelKind.Recognizer, new ManifestDraft { EncoderNumber = 1, Health = "promoted" }, epoch, f =>
            ModelFolder.SaveRecognizer(f, recognizer));
        registry.MoveAlias(ModelId.Champion, published.Number, epoch, "test");
    }

    static string Id(int number) => $"segment {number:D4}";

    async Task PublishAsync(int from)
    {
        var pcm = MemoryMarshal.AsBytes<short>(TestAudio.Bursts(1, seed: from)).ToArray();
        var segments = Enumerable.Range(from, Batch).Select(n => new AudioSegment { Id = Id(n), StreamId = $"stream {n % 17}", Pcm = pcm });
        await Task.WhenAll(segments.Select(s =>
            clients.Producer.ProduceAsync(Topics.AudioSegments, SegmentMessages.ToMessage(s), limit.Token)));
    }

    /// <summary>
    /// Segment ids of the transcripts as soon as there are so many; of all of them when also nothing more has come for a while.
    /// </summary>
    async Task<List<string>> TranscriptsAsync(int count, bool all = false)
    {
        var ids = new List<string>();
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, Topics.Transcripts, reading.Token))
        {
            ids.Add(JsonSerializer.Deserialize(message.Value!, ContractJson.Default.Transcript)!.SegmentId);
            if (ids.Distinct().Count() < count)
                continue;
            if (!all)
                break;
            reading.CancelAfter(Quiet);
        }
        Assert.False(limit.IsCancellationRequested,
            $"within {Limit.TotalMinutes:0} minutes only {ids.Distinct().Count()} of {count} segments were transcribed");
        return ids;
    }

    async Task ReadyAsync(ServiceProcess service)
    {
        while (true)
        {
            try
            {
                if ((await http.GetAsync(new Uri(service.Address, "health/ready"), limit.Token)).StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // not yet
            }
            await Task.Delay(200, limit.Token);
        }
    }
}
