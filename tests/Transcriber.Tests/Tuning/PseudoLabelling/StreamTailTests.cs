using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tests.Tuning.PseudoLabelling;

public sealed class StreamTailTests : IDisposable
{
    readonly EmbeddedKafka kafka = EmbeddedKafka.Start();
    readonly KafkaClients clients;

    public StreamTailTests() => clients = new KafkaClients(new KafkaOptions { BootstrapServers = kafka.BootstrapServers, Embedded = true },
        NullLoggerFactory.Instance);

    public void Dispose()
    {
        clients.Dispose();
        kafka.Dispose();
    }

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_reads_the_latest_audio_once_and_none_that_must_not_enter_training()
    {
        for (var i = 0; i < 100; i++)
            await SendAsync($"{i}", "one call");
        await SendAsync("99", "one call"); // delivered twice
        await SendAsync("private", "one call", optOut: true);
        var read = Read(seconds: 40);
        Assert.InRange(read.Count, 40, 70); // whole chunks
        Assert.Equal(read.Count, read.Select(r => r.Id).Distinct().Count());
        Assert.Contains("99", read.Select(r => r.Id));
        Assert.DoesNotContain("private", read.Select(r => r.Id));
        Assert.All(read, r => Assert.Equal(int.Parse(r.Id), r.Samples.Span[0]));
        Assert.Equal(100, Read(seconds: 1000).Count);
    }

    [Fact]
    public async Task It_reads_all_streams()
    {
        for (var i = 0; i < 40; i++)
            await SendAsync($"{i}", $"call {i}"); // their keys lie in all partitions
        Assert.Equal(40, Read(seconds: 1000).Count);
    }

    [Fact]
    public async Task Each_partition_is_read_where_less_is_asked_for()
    {
        for (var i = 0; i < 400; i++)
            await SendAsync($"{i}", $"call {i % 40}");
        var calls = Read(seconds: 60).Select(r => int.Parse(r.Id)).ToArray();
        Assert.InRange(calls.Length, 60, 70);
        Assert.All(calls, call => Assert.True(call > 200, $"{call} is not among the latest"));
        Assert.InRange(calls.Select(call => call % 40).Distinct().Count(), 25, 40);
    }

    [Fact]
    public void An_empty_stream_or_a_broker_that_is_away_brings_nothing()
    {
        Assert.Empty(Read(seconds: 10));
        using var nowhere = new KafkaClients(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }, NullLoggerFactory.Instance);
        Assert.Empty(new StreamTail(nowhere, new PseudoLabelOptions(), TimeProvider.System, NullLogger<StreamTail>.Instance).Read(Ct));
    }

    IReadOnlyList<Shared.Speech.Labels.Utterance> Read(double seconds) =>
        new StreamTail(clients, new PseudoLabelOptions { MaxAudioSeconds = seconds }, TimeProvider.System, NullLogger<StreamTail>.Instance)
            .Read(Ct);

    async Task SendAsync(string id, string stream, bool optOut = false)
    {
        var samples = new short[16_000];
        samples[0] = short.TryParse(id, out var number) ? number : (short)-1;
        var segment = new AudioSegment
        {
            Id = id,
            StreamId = stream,
            Pcm = System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan()).ToArray(),
            TrainOptOut = optOut
        };
        await clients.Producer.ProduceAsync(Topics.AudioSegments, SegmentMessages.ToMessage(segment), Ct);
    }
}
