using System.Runtime.InteropServices;
using Ssl.Ingest.Streams;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>
/// Streams that go on while Ingest is restarted, in the middle of segments, messages and samples. On a real broker only: the embedded one
/// ends with its process.
/// </summary>
public sealed class IngestRestartTests
{
    const string ContentType = "audio/pcm;rate=16000";
    const int IdleSeconds = 10; // longer than a restart takes here: a stream that ends in the middle of a sample loses its alignment
    static readonly string[] Keys = ["line 1", "line 2", "line 3"];

    [Fact]
    public async Task On_a_real_broker_a_restart_changes_no_segment()
    {
        await using var kafka = await RealKafka.StartAsync();
        await RestartInTheMiddleAsync(kafka.BootstrapServers);
    }

    static async Task RestartInTheMiddleAsync(string bootstrapServers)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(150));
        var pieces = Keys.SelectMany((key, i) => Pieces(key, seed: i)).OrderBy(p => p.Position).ToArray();
        var parts = pieces.Chunk(pieces.Length / 3 + 1).ToArray();
        for (var part = 0; part < parts.Length - 1; part++)
        {
            await using var host = await IngestHost.StartAsync(bootstrapServers, embedded: false, limit.Token, IdleSeconds);
            foreach (var (key, bytes, _) in parts[part])
                await host.PublishAsync(key, bytes, ContentType, limit.Token);
            await host.SegmentsAsync(3 * (part + 1), limit.Token); // it has come somewhere; where, is chance
        }
        await using var last = await IngestHost.StartAsync(bootstrapServers, embedded: false, limit.Token, IdleSeconds);
        foreach (var (key, bytes, _) in parts[^1])
            await last.PublishAsync(key, bytes, ContentType, limit.Token);

        var raw = await last.ReadAsync(Topics.AudioRaw, pieces.Length, limit.Token);
        var expected = Keys.SelectMany(key => Expected(raw.Where(m => m.KeyText == key)))
            .ToDictionary(s => s.Id, s => Convert.ToHexString(s.Pcm.Span));
        var found = await last.SegmentsAsync(expected.Count, limit.Token);
        Assert.All(found, s => Assert.Equal(expected.GetValueOrDefault(s.Id), Convert.ToHexString(s.Pcm.Span)));
        Assert.Equal(expected.Keys.Order(), found.Select(s => s.Id).Distinct().Order());
        TestContext.Current.TestOutputHelper?.WriteLine($"{expected.Count} segments, {found.Count - expected.Count} of them twice");
    }

    /// <summary>What one reader makes of the stream who never stops, but where nothing came for the idle time.</summary>
    static List<AudioSegment> Expected(IEnumerable<ConsumedMessage> messages)
    {
        var segments = new List<AudioSegment>();
        PcmStream? stream = null;
        foreach (var message in messages)
        {
            if (stream is not null && message.Timestamp - stream.LastMessage!.Timestamp > TimeSpan.FromSeconds(IdleSeconds))
            {
                segments.AddRange(stream.Flush());
                stream = null;
            }
            stream ??= new PcmStream(AudioContentType.Parse(ContentType, out _)!, 1, 0);
            segments.AddRange(stream.Push(message));
        }
        segments.AddRange(stream!.Flush());
        return segments;
    }

    static List<(string Key, byte[] Bytes, double Position)> Pieces(string key, int seed)
    {
        var bytes = MemoryMarshal.AsBytes<short>(TestAudio.Bursts(24, seed: seed)).ToArray();
        var random = new Random(seed);
        var pieces = new List<(string, byte[], double)>();
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(random.Next(1, 60_000), bytes.Length - at);
            pieces.Add((key, bytes[at..(at + size)], at / (double)bytes.Length));
            at += size;
        }
        return pieces;
    }
}
