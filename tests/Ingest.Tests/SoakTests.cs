using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Cli.Broker;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>
/// Many streams for a long time, as fast as the cores bear: nothing is lost and memory stays flat. <c>SSL_SOAK_MINUTES</c>: how long
/// (<c>make soak</c>: an hour). On a real broker where there is one.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    const int Streams = 200;
    const int PieceBytes = 32_001; // a second and half a sample
    const int PiecesOfCall = 60; // then the line has another call: streams end and begin
    const int MaxWaiting = 4 * Streams; // messages
    const int MaxWaitingEmbedded = 100; // that broker keeps 5 MB a partition
    const double MaxGrowth = 0.10; // from the second quarter of the run to the last
    const double MaxGrowthMegabytes = 48;
    static readonly TimeSpan Length = TimeSpan.FromMinutes(
        double.TryParse(Environment.GetEnvironmentVariable("SSL_SOAK_MINUTES"), CultureInfo.InvariantCulture, out var given) ? given : 2);
    static readonly TimeSpan Drain = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Memory_stays_flat_and_every_message_is_used()
    {
        using var limit = new CancellationTokenSource(Length + TimeSpan.FromMinutes(5));
        await using var real = !SharedFolder.HasKafka ? null : await RealKafka.StartAsync(
            "log.retention.bytes=134217728", "log.segment.bytes=16777216",
            "log.retention.check.interval.ms=10000", "log.segment.delete.delay.ms=1000");
        using var embedded = real is null ? EmbeddedKafka.Start() : null;
        var servers = real?.BootstrapServers ?? embedded!.BootstrapServers;
        using var clients = new KafkaClients(
            new KafkaOptions { BootstrapServers = servers, Embedded = real is null }, NullLoggerFactory.Instance);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4), limit.Token);
        using var ingest = new IngestProcess(servers, LoopbackPort.Free(), $"--Kafka:Embedded={real is null}");
        await ingest.UntilAtWorkAsync(limit.Token);

        var (audio, samples, sent) = (MemoryMarshal.AsBytes<short>(TestAudio.Bursts(60)).ToArray(), new List<Sample>(), 0);
        var begin = TimeProvider.System.GetTimestamp();
        for (Sample now; (now = await SampleAsync(ingest, begin, limit.Token)).At < Length;)
        {
            if (samples.Count == 0 || now.At - samples[^1].At > Length / 120)
                samples.Add(now);
            for (; sent < now.Messages + (real is null ? MaxWaitingEmbedded : MaxWaiting); sent++)
            {
                var (line, piece) = (sent % Streams, sent / Streams);
                var at = (piece * PieceBytes + line * 640) % (audio.Length - PieceBytes);
                _ = clients.DeliverAsync(Topics.AudioRaw, IngestHost.Message($"line {line}, call {(piece + line) / PiecesOfCall}",
                    audio[at..(at + PieceBytes)], (MessageHeaders.ContentType, "audio/pcm;rate=16000")), limit.Token);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
        var last = samples[^1];
        for (var since = begin; last.Messages < sent && TimeProvider.System.GetElapsedTime(since) < Length + Drain;)
            last = await SampleAsync(ingest, begin, limit.Token);
        Report(samples);
        output.WriteLine($"{sent} messages sent, {last.Messages} used, {last.Segments} segments");
        Assert.Equal(sent, last.Messages);
        Assert.True(last.Segments > 0);
        AssertFlat("RSS", samples, s => s.Rss);
        AssertFlat("managed heap", samples, s => s.Managed);
        AssertFlat("native", samples, s => s.Rss - s.Managed);
    }

    void Report(List<Sample> samples)
    {
        output.WriteLine("minute  messages  x real time  RSS MB  managed MB  native MB  threads  open files");
        foreach (var (before, now) in samples.Zip(samples.Skip(1)).Where((_, i) => i % Math.Max(1, samples.Count / 20) == 0))
        {
            var speed = (now.Messages - before.Messages) * (PieceBytes / 32_000.0) / (now.At - before.At).TotalSeconds;
            output.WriteLine($"{now.At.TotalMinutes,6:0.0}{now.Messages,10}{speed,13:0}{now.Rss,8:0}{now.Managed,12:0}"
                + $"{now.Rss - now.Managed,11:0}{now.Threads,9}{now.Files,12}");
        }
    }

    /// <summary>Compares what is left after garbage collections: its growth between two of them varies from run to run.</summary>
    void AssertFlat(string what, List<Sample> samples, Func<Sample, double> megabytes)
    {
        double Low(double from, double to)
        {
            double[] part = [.. samples.Where(s => s.At >= Length * from && s.At < Length * to).Select(megabytes).Order()];
            return part[part.Length / 5];
        }
        var (before, after) = (Low(0.25, 0.5), Low(0.75, 1));
        output.WriteLine($"{what}: {before:0} MB in the second quarter, {after:0} MB in the last");
        Assert.True(after < before * (1 + MaxGrowth) + MaxGrowthMegabytes, $"{what} grew from {before:0} to {after:0} MB");
    }

    static async Task<Sample> SampleAsync(IngestProcess ingest, long begin, CancellationToken ct)
    {
        var metrics = await ingest.MetricsAsync(ct);
        var status = await File.ReadAllTextAsync($"/proc/{ingest.Id}/status", ct);
        double Metric(string pattern) => Regex.Matches(metrics, $"^{pattern} (.+)$", RegexOptions.Multiline)
            .Sum(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        double Status(string name) => double.Parse(
            Regex.Match(status, $@"^{name}:\s+(\d+)", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
        return new Sample(TimeProvider.System.GetElapsedTime(begin), (long)Metric("ssl_ingest_messages_total.*segmented.*"),
            (long)Metric("ssl_ingest_segments_total"), Status("VmRSS") / 1024, Metric("dotnet_total_memory_bytes") / (1 << 20),
            (int)Status("Threads"), Directory.GetFiles($"/proc/{ingest.Id}/fd").Length);
    }

    /// <param name="Rss">And the managed heap: megabytes.</param>
    sealed record Sample(TimeSpan At, long Messages, long Segments, double Rss, double Managed, int Threads, int Files);
}
