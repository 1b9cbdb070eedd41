using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Benchmarks;

/// <summary>Reading segments of 20 s from a real broker as the Learner does, beside a bare poll loop: CPU time (P9).</summary>
static class SegmentReading
{
    const int Segments = 1200; // 768 MB: fewer, and two poll loops differ by more than a tenth
    const int SegmentBytes = 20 * AudioFormat.SampleRateHz * AudioFormat.BytesPerSample;
    static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task PrintAsync()
    {
        await using var kafka = await RealKafka.StartAsync();
        var builder = SslHost.CreateBuilder([$"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=false",
            "--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"], 0);
        builder.AddSslDefaults();
        await using var app = builder.Build();
        var clients = app.Services.GetRequiredService<KafkaClients>();
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 1), CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Segments).Select(i => clients.Producer.ProduceAsync(Topics.AudioSegments,
            SegmentMessages.ToMessage(new AudioSegment { Id = $"audio.raw/0/{i}/0", StreamId = "call", Pcm = new byte[SegmentBytes] }))));
        var large = 0;
        double Here()
        {
            (var seconds, large) = ReadAsync(clients).GetAwaiter().GetResult();
            return seconds;
        }
        Pairs.PrintRatio("a bare poll loop, in CPU time of reading segments as the Learner does", () => Poll(clients), Here);
        Console.WriteLine($"{large} of the segments read last lay on the large-object heap");
    }

    static double Poll(KafkaClients clients)
    {
        using var consumer = clients.CreateConsumer($"bench-{Guid.NewGuid():N}");
        consumer.Assign(new TopicPartitionOffset(Topics.AudioSegments, 0, Offset.Beginning));
        var (cpu, bytes) = (Environment.CpuUsage.TotalTime, 0L);
        for (var read = 0; read < Segments; read++)
            bytes += (consumer.Consume(PollLimit) ?? throw new TimeoutException("the broker does not answer")).Message.Value!.Length;
        return bytes == Segments * (long)SegmentBytes ? (Environment.CpuUsage.TotalTime - cpu).TotalSeconds
            : throw new InvalidDataException($"{bytes} bytes read");
    }

    static async Task<(double Seconds, int Large)> ReadAsync(KafkaClients clients)
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var loop = new ConsumerLoop(clients, $"bench-{Guid.NewGuid():N}", Topics.AudioSegments, new ConsumerLoopOptions(),
            new LoopHeartbeat(TimeProvider.System), NullLogger.Instance);
        var (cpu, read, large) = (TimeSpan.Zero, 0, 0);
        await foreach (var message in loop.ReadAllAsync(limit.Token))
        {
            if (read == 0)
                cpu = Environment.CpuUsage.TotalTime; // the group is joined
            if (!SegmentMessages.TryRead(message, out var segment, out var reason))
                throw new InvalidDataException(reason);
            large += GC.GetGeneration(message.Value!) == GC.MaxGeneration ? 1 : 0;
            loop.Done(message);
            if (++read == Segments)
                break;
        }
        return ((Environment.CpuUsage.TotalTime - cpu).TotalSeconds, large);
    }
}
