using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ssl.Shared.Contracts;
using Ssl.Shared.Hosting;
using Ssl.Shared.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>The service as it runs, on the embedded broker.</summary>
public sealed class IngestServiceTests : IAsyncLifetime
{
    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    WebApplication app = null!;
    KafkaClients clients = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = SslHost.CreateBuilder([$"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=true", "--Ingest:StreamIdle=00:00:01", "--Urls=http://127.0.0.1:0"], 0);
        builder.AddIngest();
        app = builder.Build();
        clients = app.Services.GetRequiredService<KafkaClients>();
        await app.StartAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        kafka.Dispose();
        limit.Dispose();
    }

    [Fact]
    public async Task A_clip_becomes_segments_with_the_identity_of_its_source()
    {
        var delivered = await PublishAsync("call 1", TestAudio.Wav(TestAudio.Bursts(6)), "audio/wav",
            (MessageHeaders.TrainOptOut, "true"), (MessageHeaders.TraceParent, "00-trace"), (MessageHeaders.Time, "2026-01-02T03:04:05Z"));
        var segments = await SegmentsAsync(2);
        Assert.All(segments, s => Assert.StartsWith($"audio.raw/{delivered.Partition.Value}/{delivered.Offset.Value}/", s.Id));
        Assert.All(segments, s => Assert.True(s.TrainOptOut));
        Assert.All(segments, s => Assert.Equal(("call 1", "00-trace"), (s.StreamId, s.TraceParent)));
        Assert.Equal(segments.Count, segments.Select(s => s.Id).Distinct().Count());
        var second = segments[1];
        var sample = long.Parse(second.Id.Split('/')[3]);
        Assert.Equal(DateTimeOffset.Parse("2026-01-02T03:04:05Z").AddSeconds(sample / 16000.0), second.Time);
    }

    [Fact]
    public async Task A_stream_cut_inside_samples_is_put_together_again()
    {
        var samples = TestAudio.Bursts(4);
        var bytes = MemoryMarshal.AsBytes<short>(samples).ToArray();
        for (var (start, random) = (0, new Random(3)); start < bytes.Length;)
        {
            var size = Math.Min(random.Next(1, 20_000), bytes.Length - start);
            await PublishAsync("microphone", bytes[start..(start + size)], "audio/pcm;rate=16000;channels=1");
            start += size;
        }
        var segments = await SegmentsAsync(2);
        var heard = segments.SelectMany(s => s.Samples.ToArray()).Where(s => Math.Abs((int)s) > 1000).ToArray();
        var said = samples.Where(s => Math.Abs((int)s) > 1000).ToArray();
        Assert.Equal(said, heard[..said.Length]);
    }

    [Fact]
    public async Task What_cannot_be_read_goes_to_the_dead_letters_and_nothing_stops()
    {
        (byte[] Bytes, string? Type, string Reason)[] bad =
        [
            ([], "audio/wav", "empty"),
            ("just text"u8.ToArray(), null, "unknown_format"),
            ("just text"u8.ToArray(), "audio/flac", "content_type_mismatch"),
            ("just text"u8.ToArray(), "text/plain", "unsupported_content_type"),
            (TestAudio.Wav(TestAudio.Bursts(1))[..^1000], "audio/wav", "truncated"),
        ];
        foreach (var (bytes, type, _) in bad)
            await PublishAsync("bad", bytes, type);
        await PublishAsync("odd", new byte[16_001], "audio/pcm;rate=16000");
        await PublishAsync("good", TestAudio.Wav(TestAudio.Bursts(2)), "audio/wav");

        Assert.NotEmpty(await SegmentsAsync(1));
        var letters = await DeadLettersAsync(bad.Length + 1);
        foreach (var (bytes, _, reason) in bad)
            Assert.Contains(letters, l => l.Header(MessageHeaders.FailureReason)!.StartsWith(reason + ": ", StringComparison.Ordinal) && (l.Value ?? []).SequenceEqual(bytes));
        Assert.Contains(letters, l => l.KeyText == "odd" && l.Header(MessageHeaders.FailureReason)!.StartsWith("truncated: ", StringComparison.Ordinal));
        Assert.All(letters, l => Assert.Equal("audio.raw", l.Header(MessageHeaders.SourceTopic)));
    }

    [Fact]
    public async Task Ingest_loads_no_tensor_library()
    {
        await PublishAsync("call", TestAudio.Wav(TestAudio.Bursts(2)), "audio/wav");
        await SegmentsAsync(1);
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), line => line.Contains("libtorch", StringComparison.Ordinal));
    }

    async Task<DeliveryResult<byte[]?, byte[]?>> PublishAsync(string key, byte[] value, string? contentType, params (string Name, string Value)[] more)
    {
        var headers = new Headers();
        foreach (var (name, text) in contentType is null ? more : [.. more, (MessageHeaders.ContentType, contentType)])
            headers.Add(name, Encoding.UTF8.GetBytes(text));
        return await clients.Producer.ProduceAsync(Topics.AudioRaw, new Message<byte[]?, byte[]?> { Key = Encoding.UTF8.GetBytes(key), Value = value, Headers = headers }, limit.Token);
    }

    async Task<List<AudioSegment>> SegmentsAsync(int atLeast) =>
        [.. (await ReadAsync(Topics.AudioSegments, atLeast)).Select(m => SegmentMessages.TryRead(m, out var segment, out var reason) ? segment : throw new InvalidDataException(reason))];

    Task<List<ConsumedMessage>> DeadLettersAsync(int atLeast) => ReadAsync(Topics.AudioRawDeadLetters, atLeast);

    async Task<List<ConsumedMessage>> ReadAsync(string topic, int atLeast)
    {
        var read = new List<ConsumedMessage>();
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        await foreach (var message in AnnouncementFollower.FollowAsync(clients, topic, quiet.Token))
        {
            read.Add(message);
            if (read.Count >= atLeast)
                quiet.CancelAfter(TimeSpan.FromSeconds(3)); // what else comes
        }
        limit.Token.ThrowIfCancellationRequested();
        return read;
    }
}
