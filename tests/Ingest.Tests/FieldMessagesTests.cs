using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>Messages as people send them: none of them stops the service, and none is trained on as noise.</summary>
public sealed class FieldMessagesTests : IAsyncLifetime
{
    const string Pcm = "audio/pcm;rate=16000";
    const string Poison = "poison";

    readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(4));
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    IngestHost host = null!;

    public async ValueTask InitializeAsync() =>
        host = await IngestHost.StartAsync(kafka.BootstrapServers, embedded: true, limit.Token, configure: Plant);

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        kafka.Dispose();
        limit.Dispose();
    }

    /// <summary>A message with the header <c>poison</c> makes its stage throw, each time.</summary>
    static void Plant(IServiceCollection services) => services.AddSingleton(provider =>
    {
        var options = provider.GetRequiredService<IngestOptions>();
        var real = new IngestStages(options);
        static void Check(ConsumedMessage message)
        {
            if (message.Header(Poison) is { } type)
                throw (Exception)Activator.CreateInstance(Type.GetType(type, throwOnError: true)!)!;
        }
        return new IngestStages(options)
        {
            Clip = (message, ct) =>
            {
                Check(message);
                return real.Clip(message, ct);
            },
            Push = (stream, block) =>
            {
                var segments = real.Push(stream, block); // it fails when its state has changed
                Check(block.Message);
                return segments;
            },
        };
    });

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(IOException))]
    public async Task A_message_at_which_a_stage_throws_goes_to_the_dead_letters_and_its_partition_goes_on(Type type)
    {
        var place = new TopicPartition(Topics.AudioRaw, 1);
        var samples = Bytes(TestAudio.Bursts(2));
        Task SendAsync(string key, byte[] value, string contentType, string? poison = null) => host.Clients.Producer.ProduceAsync(
            place, IngestHost.Message(key, value, poison is null ? [(MessageHeaders.ContentType, contentType)]
                : [(MessageHeaders.ContentType, contentType), (Poison, poison)]), limit.Token);
        await SendAsync("clip", TestAudio.Wav(TestAudio.Bursts(1)), "audio/wav", type.FullName);
        await SendAsync("stream", samples[..20_001], Pcm);
        await SendAsync("stream", samples[20_001..40_001], Pcm, type.FullName);
        await SendAsync("stream", samples, Pcm);
        await SendAsync("clip", TestAudio.Wav(TestAudio.Bursts(1)), "audio/wav");
        var segments = await host.SegmentsAsync(3, limit.Token);
        Assert.Contains(segments, s => s.Id.StartsWith("audio.raw/1/3/", StringComparison.Ordinal)); // the stream goes on
        Assert.Contains(segments, s => s.Id.StartsWith("audio.raw/1/4/", StringComparison.Ordinal));
        var letters = await host.ReadAsync(Topics.AudioRawDeadLetters, 3, limit.Token);
        Assert.Equal([0, 1, 2], letters.Select(l => l.Origin.Offset).Order());
        Assert.All(letters, l => Assert.StartsWith($"failed: {type.Name}: ", l.Header(MessageHeaders.FailureReason)));
        Assert.All(letters, l => Assert.Equal("3", l.Header(MessageHeaders.FailedAttempts)));
    }

    [Fact]
    public async Task Odd_times_and_headers_stop_nothing()
    {
        var message = IngestHost.Message("micros", TestAudio.Wav(TestAudio.Bursts(6)), ("Content-Type", "\"audio/wav\""),
            (MessageHeaders.Time, "9999-12-31T23:59:59+14:00"), ("Train-Opt-Out", "\"true\""));
        message.Timestamp = new Timestamp(1_760_000_000_000_000, TimestampType.CreateTime);
        message.Headers.Add(MessageHeaders.Id, null);
        message.Headers.Add(MessageHeaders.TraceParent, [0xff, 0xfe]);
        await host.Clients.Producer.ProduceAsync(Topics.AudioRaw, message, limit.Token);
        await host.PublishAsync("end of time", TestAudio.Wav(TestAudio.Bursts(6)), "audio/wav", limit.Token,
            (MessageHeaders.Time, "9999-12-31T23:59:58Z"), (MessageHeaders.TrainOptOut, "who knows"));
        var segments = await host.SegmentsAsync(4, limit.Token);
        Assert.Equal(2, segments.Select(s => s.StreamId).Distinct().Count());
        Assert.All(segments, s => Assert.True(s.TrainOptOut));
    }

    [Fact]
    public async Task What_is_no_stream_or_no_audio_is_refused_with_the_remedy()
    {
        var samples = Bytes(TestAudio.Bursts(1));
        foreach (var piece in samples[..20_480].Chunk(2_048))
            await host.Clients.Producer.ProduceAsync(
                Topics.AudioRaw, IngestHost.Message(null, piece, (MessageHeaders.ContentType, Pcm)), limit.Token);
        await host.PublishAsync("twilio", System.Text.Encoding.UTF8.GetBytes(
            $"{{\"event\":\"media\",\"media\":{{\"payload\":\"{Convert.ToBase64String(samples)}\"}}}}"), "audio/PCMU", limit.Token);
        await host.PublishAsync("text", System.Text.Encoding.UTF8.GetBytes(Convert.ToBase64String(samples)), Pcm, limit.Token);
        var letters = await host.ReadAsync(Topics.AudioRawDeadLetters, 12, limit.Token);
        var reasons = letters.Select(l => l.Header(MessageHeaders.FailureReason)!).ToArray();
        Assert.Equal(10, reasons.Count(r => r.StartsWith("missing_key: ", StringComparison.Ordinal) && r.Contains("set it to the call")));
        Assert.Contains(reasons, r => r.StartsWith("wrapped: it is JSON", StringComparison.Ordinal));
        Assert.Contains(reasons, r => r.StartsWith("wrapped: it is base64", StringComparison.Ordinal));
        Assert.Equal(12, reasons.Length);
    }

    [Fact]
    public async Task Odd_keys_values_and_headers_stop_no_partition()
    {
        var place = new TopicPartition(Topics.AudioRaw, 2);
        var clip = TestAudio.Wav(TestAudio.Bursts(1));
        Message<byte[]?, byte[]?> Clip(string? key = "call") => IngestHost.Message(key, clip);
        var (tombstone, empty) = (Clip(), Clip());
        (tombstone.Value, empty.Value) = (null, []);
        var (long1, bytes) = (Clip(new string('k', 200_000)), Clip());
        bytes.Key = [0xff, 0xfe, 0, 0xc3];
        var early = Clip();
        early.Timestamp = new Timestamp(-86_400_000, TimestampType.CreateTime);
        var headers = Clip();
        foreach (var i in Enumerable.Range(0, 2_000))
            headers.Headers.Add($"x-{i}", new byte[i % 50]);
        headers.Headers.Add(MessageHeaders.TraceParent, new byte[500_000]);
        headers.Headers.Add(MessageHeaders.ContentType, "audio/pcm;rate=8000"u8.ToArray());
        headers.Headers.Add("CONTENT_TYPE", "audio/wav"u8.ToArray()); // the last counts
        headers.Headers.Add(MessageHeaders.SourceTopic, new byte[100_000]);
        Message<byte[]?, byte[]?>[] all = [tombstone, empty, long1, bytes, early, headers, Clip(null), Clip("")];
        foreach (var message in all)
            await host.Clients.Producer.ProduceAsync(place, message, limit.Token);
        var segments = await host.SegmentsAsync(5, limit.Token);
        Assert.Equal([3, 4, 5, 6, 7], segments.Select(s => int.Parse(s.Id.Split('/')[2])).Order());
        Assert.Equal(["0xfffe00c3", "audio.raw/2/6", "audio.raw/2/7", "call"], segments.Select(s => s.StreamId).Distinct().Order());
        Assert.All(segments, s => Assert.Null(s.TraceParent));
        var letters = await host.ReadAsync(Topics.AudioRawDeadLetters, 3, limit.Token);
        Assert.Equal(["empty", "empty", "oversized_key"],
            letters.OrderBy(l => l.Origin.Offset).Select(l => l.Header(MessageHeaders.FailureReason)!.Split(':')[0]));
    }

    [Fact]
    public async Task Messages_longer_than_the_idle_time_are_one_stream()
    {
        var bytes = Bytes(TestAudio.Bursts(8)); // 16 s, idle after 1 s
        var start = DateTime.UtcNow;
        foreach (var (number, piece) in bytes.Chunk(128_002).Index()) // 4 s and a sample each, sent when full
        {
            var message = IngestHost.Message("recorder", piece, (MessageHeaders.ContentType, Pcm));
            message.Timestamp = new Timestamp(start + number * TimeSpan.FromSeconds(4));
            await host.Clients.Producer.ProduceAsync(Topics.AudioRaw, message, limit.Token);
        }
        Assert.Equal(Heard(TestAudio.Bursts(8)), await HeardAsync(TestAudio.Bursts(8)));
    }

    [Fact]
    public async Task A_stream_goes_on_behind_a_broker_that_was_away_for_longer_than_the_idle_time()
    {
        var (bytes, start) = (Bytes(TestAudio.Bursts(6)), DateTime.UtcNow);
        var message = IngestHost.Message("line", bytes[..100_001], (MessageHeaders.ContentType, Pcm)); // inside a sample
        message.Timestamp = new Timestamp(start);
        await host.Clients.Producer.ProduceAsync(Topics.AudioRaw, message, limit.Token);
        await Task.Delay(TimeSpan.FromSeconds(1), limit.Token);
        kafka.Down();
        await Task.Delay(TimeSpan.FromSeconds(2), limit.Token);
        kafka.Up();
        await Task.Delay(TimeSpan.FromSeconds(1), limit.Token); // it takes the producer longer than Ingest to find it again
        message = IngestHost.Message("line", bytes[100_001..], (MessageHeaders.ContentType, Pcm));
        message.Timestamp = new Timestamp(start.AddSeconds(3));
        await host.Clients.Producer.ProduceAsync(Topics.AudioRaw, message, limit.Token);
        Assert.Equal(Heard(TestAudio.Bursts(6)), await HeardAsync(TestAudio.Bursts(6)));
    }

    [Theory]
    [InlineData("audio/wav")]
    [InlineData(Pcm)]
    public async Task A_wav_header_before_every_block_is_taken_off(string contentType)
    {
        await Task.WhenAll(TestAudio.Bursts(4).Chunk(1_600) // 100 ms
            .Select(block => host.PublishAsync("recorder", TestAudio.Wav(block), contentType, limit.Token)));
        Assert.Equal(Heard(TestAudio.Bursts(4)), await HeardAsync(TestAudio.Bursts(4)));
    }

    [Fact]
    public async Task Blocks_sent_twice_are_used_once_and_late_ones_are_refused()
    {
        var blocks = TestAudio.Bursts(4).Chunk(1_600).Select(b => Bytes(b)).ToArray();
        var order = Enumerable.Range(0, 39).SelectMany(n => n == 20 ? new[] { 21, 20 } : n == 21 ? [] : n % 5 == 0 ? [n, n] : [n]);
        await Task.WhenAll(order.Select(
            number => host.PublishAsync("call", blocks[number], Pcm, limit.Token, (MessageHeaders.Sequence, $"{number}"))));
        var said = TestAudio.Bursts(4).Where((_, i) => i / 1_600 is not 20 and < 39).ToArray();
        Assert.Equal(Heard(said), await HeardAsync(said));
        var letter = Assert.Single(await host.ReadAsync(Topics.AudioRawDeadLetters, 1, limit.Token));
        Assert.StartsWith("out_of_order: ce_sequence 20 came after 21", letter.Header(MessageHeaders.FailureReason));
    }

    [Fact]
    public async Task A_replayed_dead_letter_has_the_segments_that_its_first_delivery_would_have_had()
    {
        var clip = TestAudio.Wav(TestAudio.Bursts(1));
        var letter = new ConsumedMessage(Topics.AudioRawDeadLetters, 0, 3, "call"u8.ToArray(), clip, [], null);
        foreach (var (name, value) in new[] { (MessageHeaders.SourceTopic, "audio.raw"), (MessageHeaders.SourcePartition, "2"),
            (MessageHeaders.SourceOffset, "77"), (MessageHeaders.FailureReason, "failed: then") })
            letter.Headers.Add(name, System.Text.Encoding.UTF8.GetBytes(value));
        await host.Clients.Producer.ProduceAsync(Topics.AudioRaw, DeadLetters.Replayed(letter), limit.Token);
        Assert.StartsWith("audio.raw/2/77/", Assert.Single(await host.SegmentsAsync(1, limit.Token)).Id);
    }

    static byte[] Bytes(ReadOnlySpan<short> samples) => MemoryMarshal.AsBytes(samples).ToArray();

    /// <summary>What the segments hold, when there are as many as that audio gives.</summary>
    async Task<short[]> HeardAsync(short[] said)
    {
        var cutter = new SilenceCutter();
        var count = cutter.Push(said).Count + (cutter.Flush() is null ? 0 : 1);
        var segments = await host.SegmentsAsync(count, limit.Token);
        return Heard([.. segments.OrderBy(s => s.Sequence).SelectMany(s => s.Samples.ToArray())]);
    }

    /// <summary>Without the pauses, of which a cutter may drop some.</summary>
    static short[] Heard(short[] samples) => [.. samples.Where(s => Math.Abs((int)s) > 1000)];
}
