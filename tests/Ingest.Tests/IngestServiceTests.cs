using System.Runtime.InteropServices;
using Confluent.Kafka;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>The service as it runs, on the embedded broker.</summary>
public sealed class IngestServiceTests : IAsyncLifetime
{
    readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    IngestHost host = null!;

    public async ValueTask InitializeAsync() => host = await IngestHost.StartAsync(kafka.BootstrapServers, embedded: true, limit.Token);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
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
        var published = new List<Task>();
        for (var (start, random) = (0, new Random(3)); start < bytes.Length;)
        {
            var size = Math.Min(random.Next(1, 20_000), bytes.Length - start);
            published.Add(PublishAsync("microphone", bytes[start..(start + size)], "audio/pcm;rate=16000;channels=1"));
            start += size;
        }
        await Task.WhenAll(published); // not one by one: on a busy machine that takes the second after which a stream has ended
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
            (TestAudio.Wav([]), "audio/wav", "empty"),
        ];
        foreach (var (bytes, type, _) in bad)
            await PublishAsync("bad", bytes, type);
        await PublishAsync("odd", new byte[16_001], "audio/pcm;rate=16000");
        await PublishAsync("good", TestAudio.Wav(TestAudio.Bursts(2)), "audio/wav");

        Assert.NotEmpty(await SegmentsAsync(1));
        var letters = await DeadLettersAsync(bad.Length + 1);
        foreach (var (bytes, _, reason) in bad)
            Assert.Contains(letters, l =>
                FailureOf(l).StartsWith(reason + ": ", StringComparison.Ordinal) && (l.Value ?? []).SequenceEqual(bytes));
        Assert.Contains(letters, l => l.KeyText == "odd" && FailureOf(l).StartsWith("truncated: ", StringComparison.Ordinal));
        Assert.All(letters, l => Assert.Equal("audio.raw", l.Header(MessageHeaders.SourceTopic)));
    }

    [Fact]
    public async Task Ingest_loads_no_tensor_library()
    {
        await PublishAsync("call", TestAudio.Wav(TestAudio.Bursts(2)), "audio/wav");
        await SegmentsAsync(1);
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), line => line.Contains("libtorch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_that_are_no_text_and_messages_without_a_key_are_not_mixed_up()
    {
        var (samples, file) = (MemoryMarshal.AsBytes<short>(TestAudio.Bursts(1)).ToArray(), TestAudio.Wav(TestAudio.Bursts(1)));
        foreach (var key in new byte[]?[] { [0xff, 1], [0xff, 2], null, null })
        {
            var type = key is null ? "audio/wav"u8 : "audio/pcm;rate=16000"u8;
            var headers = new Headers { { MessageHeaders.ContentType, type.ToArray() } };
            await host.Clients.Producer.ProduceAsync(
                Topics.AudioRaw, new() { Key = key, Value = key is null ? file : samples, Headers = headers }, limit.Token);
        }
        var segments = await host.SegmentsAsync(4, limit.Token);
        Assert.Equal(4, segments.Select(s => s.StreamId).Distinct().Count());
        Assert.Contains(segments, s => s.StreamId == "0xff01");
    }

    Task<DeliveryResult<byte[]?, byte[]?>> PublishAsync(
        string key, byte[] value, string? contentType, params (string Name, string Value)[] more) =>
        host.PublishAsync(key, value, contentType, limit.Token, more);

    static string FailureOf(ConsumedMessage letter) => letter.Header(MessageHeaders.FailureReason)!;

    Task<List<AudioSegment>> SegmentsAsync(int atLeast) => host.SegmentsAsync(atLeast, limit.Token);

    Task<List<ConsumedMessage>> DeadLettersAsync(int atLeast) => host.ReadAsync(Topics.AudioRawDeadLetters, atLeast, limit.Token);
}
