using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Ssl.Ingest;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Kafka;
using Ssl.TestKit;

namespace Ssl.Benchmarks;

/// <summary>
/// CPU time of the whole of Ingest, from messages of 48 kHz stereo Opus on a real broker (a process of its own, not counted) to segments
/// on it, beside that of ffmpeg decoding and resampling the same file to 16 kHz mono (P8).
/// </summary>
static class IngestSpeed
{
    const int MessagesARound = 20;
    const double SecondsOfSpeech = 60;
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <param name="recordings">Speech, a minute in all at least.</param>
    public static async Task PrintAsync(IEnumerable<string> recordings)
    {
        var folder = Directory.CreateTempSubdirectory("ssl-ingest-").FullName;
        await using var kafka = await RealKafka.StartAsync();
        var builder = SslHost.CreateBuilder([$"--Kafka:BootstrapServers={kafka.BootstrapServers}", "--Kafka:Embedded=false",
            "--Ingest:Workers=1", "--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"], 0);
        builder.AddIngest();
        await using var app = builder.Build();
        try
        {
            var opus = Encode(recordings, folder);
            await app.StartAsync();
            var clients = app.Services.GetRequiredService<KafkaClients>();
            double Here() => IngestAsync(clients, opus).GetAwaiter().GetResult();
            double There() => MessagesARound
                * AudioDecoding.Ffmpeg($"-i {folder}/a.opus -ac 1 -ar {AudioFormat.SampleRateHz} -f s16le {folder}/out.pcm") / 1000;
            var (here, there) = (Here(), There());
            Console.WriteLine(FormattableString.Invariant(
                $"a minute: {1000 * here / MessagesARound:0} ms of CPU in Ingest, {1000 * there / MessagesARound:0} in ffmpeg"));
            Pairs.PrintRatio("Ingest, Kafka's client and all, in CPU time of ffmpeg for the same 48 kHz stereo Opus", Here, There);
            await app.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static byte[] Encode(IEnumerable<string> recordings, string folder)
    {
        var samples = recordings.SelectMany(path => AudioFile.Read(path).Samples).Take((int)(SecondsOfSpeech * AudioFormat.SampleRateHz));
        File.WriteAllBytes($"{folder}/in.pcm", MemoryMarshal.AsBytes<short>(samples.ToArray()).ToArray());
        AudioDecoding.Ffmpeg($"-f s16le -ar 16000 -i {folder}/in.pcm -ac 2 -ar 48000 -c:a libopus {folder}/a.opus");
        return File.ReadAllBytes($"{folder}/a.opus");
    }

    /// <summary>Seconds of CPU for a round of messages, the sending included.</summary>
    static async Task<double> IngestAsync(KafkaClients clients, byte[] opus)
    {
        var (before, since) = (IngestMetrics.Messages.WithLabels("segmented").Value, Stopwatch.StartNew());
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < MessagesARound; i++)
        {
            var message = new Message<byte[]?, byte[]?> { Key = [(byte)i], Value = opus };
            await clients.Producer.ProduceAsync(Topics.AudioRaw, message);
        }
        while (IngestMetrics.Messages.WithLabels("segmented").Value < before + MessagesARound)
        {
            if (since.Elapsed > Limit)
                throw new TimeoutException($"Ingest did not take {MessagesARound} messages within {Limit.TotalMinutes:0} min");
            await Task.Delay(20);
        }
        return (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
    }
}
