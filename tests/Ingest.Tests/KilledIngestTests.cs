using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Ingest.Tests;

/// <summary>SIGKILL of Ingest and of its broker, on a real broker with default settings of Kafka. <c>SSL_KILLS</c>: how many.</summary>
public sealed class KilledIngestTests(ITestOutputHelper output)
{
    const int MaxRepeated = 20; // a kill
    static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("SSL_KILLS"), out var count) ? count : 3;
    static readonly TimeSpan MaxAbsence = TimeSpan.FromSeconds(15);
    static readonly TimeSpan MinWork = TimeSpan.FromSeconds(2); // between two kills
    static readonly TimeSpan MaxWork = TimeSpan.FromSeconds(8); // and more than that
    const string Idle = "--Ingest:StreamIdle=00:00:20"; // a busy machine, not the sender, may be silent for the default of 5 s

    [Fact]
    public async Task After_a_kill_it_is_at_work_soon_and_repeats_little()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5) + Kills * TimeSpan.FromSeconds(40));
        await using var kafka = await RealKafka.StartAsync();
        using var clients = new KafkaClients(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, NullLoggerFactory.Instance);
        await clients.EnsureTopicsAsync(TopicSetup.All(partitions: 4), limit.Token);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var (ledger, publishing) = (new SegmentLedger(clients), PublishAsync(clients, done.Token));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var following = ledger.FollowAsync(over.Token);
        var (absences, repeatedBefore) = (new List<double>(), new List<int>());
        var (port, random) = (LoopbackPort.Free(), new Random(Kills));
        var ingest = new IngestProcess(kafka.BootstrapServers, port, Idle);
        try
        {
            await ingest.UntilAtWorkAsync(limit.Token);
            for (var kill = 0; kill < Kills; kill++)
            {
                await Task.Delay(random.NextDouble() * MaxWork, limit.Token);
                repeatedBefore.Add(ledger.Repeated);
                await ingest.KillAsync();
                ingest.Dispose();
                ingest = new IngestProcess(kafka.BootstrapServers, port, Idle);
                absences.Add((await ingest.UntilAtWorkAsync(limit.Token)).TotalSeconds);
                await Task.Delay(MinWork, limit.Token); // for repetitions to arrive
                output.WriteLine($"kill {kill}: at work after {absences[^1]:0.0} s");
            }
            await done.CancelAsync();
            output.WriteLine($"{Kills} kills: at work after {Spread(absences)} s");
            var expected = await SegmentLedger.ExpectedAsync(clients, await publishing, limit.Token);
            while (ledger.Count < expected.Count && !following.IsCompleted)
                await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
            await over.CancelAsync();
            await following;
            var (odd, missing, changed) = ledger.Compare(expected);
            output.WriteLine($"{await publishing} messages, {expected.Count} segments; "
                + $"{odd} too many, {missing} missing, {changed} changed");
            double[] repeated = [.. repeatedBefore.Skip(1).Append(ledger.Repeated).Zip(repeatedBefore, (after, before) => after - before)];
            output.WriteLine($"segments repeated by a kill: {Spread(repeated)}; {ledger.Repeated} in all");
            Assert.Equal((0, 0, 0, 0), (odd, missing, changed, ledger.Different));
            Assert.True(absences.Max() < MaxAbsence.TotalSeconds, $"at work after {absences.Max()} s");
            Assert.InRange(repeated.Max(), 0, MaxRepeated);
        }
        finally
        {
            ingest.Dispose();
        }
    }

    [Fact]
    public async Task After_its_broker_is_back_it_is_at_work_soon()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        await using var kafka = await RealKafka.StartAsync();
        using var ingest = new IngestProcess(kafka.BootstrapServers, LoopbackPort.Free());
        await ingest.UntilAtWorkAsync(limit.Token); // also on an empty topic
        await kafka.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(30), limit.Token);
        Assert.False(await ingest.IsAtWorkAsync(limit.Token)); // its session is over
        await kafka.UpAsync();
        var absence = await ingest.UntilAtWorkAsync(limit.Token);
        output.WriteLine($"at work {absence.TotalSeconds:0.0} s after the broker was back");
        Assert.True(absence < MaxAbsence, $"{absence}");
    }

    /// <summary>Clips, and streams that hold the committed offset back, three times as fast as speech, until cancelled.</summary>
    static async Task<int> PublishAsync(KafkaClients clients, CancellationToken ct)
    {
        var clip = TestAudio.Wav(TestAudio.Bursts(2));
        var stream = MemoryMarshal.AsBytes<short>(TestAudio.Bursts(300)).ToArray();
        var count = 0;
        try
        {
            while (true)
            {
                var isClip = count % 2 == 0;
                var at = count / 6 * 16_001 % (stream.Length - 16_001);
                var message = isClip
                    ? IngestHost.Message($"clip {count % 11}", clip, (MessageHeaders.ContentType, "audio/wav"))
                    : IngestHost.Message(
                        $"line {count % 3}", stream[at..(at + 16_001)], (MessageHeaders.ContentType, "audio/pcm;rate=16000"));
                await clients.Producer.ProduceAsync(Topics.AudioRaw, message, CancellationToken.None);
                count++;
                await Task.Delay(TimeSpan.FromMilliseconds(40), ct);
            }
        }
        catch (OperationCanceledException)
        {
            // enough
        }
        return count;
    }

    static string Spread(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return $"median {sorted[sorted.Length / 2]:0.0}, p95 {sorted[(int)(0.95 * (sorted.Length - 1))]:0.0}, max {sorted[^1]:0.0}";
    }
}
