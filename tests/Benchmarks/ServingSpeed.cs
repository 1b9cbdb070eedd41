using System.Diagnostics;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Benchmarks;

/// <summary>
/// Goals P5 and P6: ten seconds over HTTP beside the recognizer itself; 16 clients beside the recognizer on as many threads as there are
/// workers; the delays at 70 % of that load.
/// </summary>
static class ServingSpeed
{
    const int Seconds = 10;
    const int Clients = 16;
    const int RequestsAClient = 3;
    const double Load = 0.7;
    const int LoadRequests = 600;

    /// <param name="folder">Of a recognizer; null: a new <c>Tiny</c>.</param>
    public static async Task PrintAsync(string? folder)
    {
        TorchRuntime.UseThreads(1);
        using var recognizer = folder is null ? New() : ModelFolder.LoadRecognizer(folder, new DecodingRecipe());
        var random = new Random(1);
        var clip = Enumerable.Range(0, Seconds * 16_000).Select(i => (short)(random.Next(-3000, 3000) * Math.Sin(i / 3000.0))).ToArray();
        var wav = ServingBench.Wav(clip);
        await using (var one = await ServingBench.StartAsync(recognizer, workers: 1))
        {
            Pairs.PrintRatio("P5, 10 s over HTTP against the recognizer itself (times as long)",
                () => Median(5, () => one.TranscribeAsync(wav).GetAwaiter().GetResult()),
                () => Median(5, () => recognizer.Transcribe([clip])));
        }
        var workers = Environment.ProcessorCount;
        await using var all = await ServingBench.StartAsync(recognizer, workers);
        Pairs.PrintRatio($"P6, {Clients} clients against the recognizer on {workers} threads (share of its throughput)",
            () => Bare(recognizer, clip, workers), () => Clients16(all, wav));
        await PrintDelaysAsync(all, wav, Clients * RequestsAClient / Clients16(all, wav));
    }

    /// <summary>Arrivals by chance at a share of the measured throughput; an anchor of the same kind is the median itself.</summary>
    static async Task PrintDelaysAsync(ServingBench bench, byte[] wav, double requestsASecond)
    {
        var (random, started, due) = (new Random(1), Stopwatch.GetTimestamp(), 0.0);
        var running = new List<Task<double>>();
        for (var i = 0; i < LoadRequests; i++)
        {
            due -= Math.Log(1 - random.NextDouble()) / (Load * requestsASecond);
            var wait = TimeSpan.FromSeconds(due) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            running.Add(TimedAsync());
        }
        var delays = await Task.WhenAll(running);
        var (median, low, high) = Pairs.Bootstrap(delays, sorted => sorted[sorted.Length * 99 / 100] / sorted[sorted.Length / 2]);
        Array.Sort(delays);
        Console.WriteLine($"P6, {Load:0%} of {requestsASecond:0.0} requests a second: median {delays[delays.Length / 2] * 1000:0} ms, "
            + $"p99 {median:0.00} times the median [{low:0.00}, {high:0.00}], {LoadRequests} requests");

        async Task<double> TimedAsync()
        {
            var sent = Stopwatch.GetTimestamp();
            await bench.TranscribeAsync(wav);
            return Stopwatch.GetElapsedTime(sent).TotalSeconds;
        }
    }

    static double Clients16(ServingBench bench, byte[] wav)
    {
        var started = Stopwatch.GetTimestamp();
        Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < RequestsAClient; i++)
                await bench.TranscribeAsync(wav);
        }))).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static double Bare(Recognizer recognizer, short[] clip, int threads)
    {
        var (started, left) = (Stopwatch.GetTimestamp(), Clients * RequestsAClient);
        Thread[] running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            TorchRuntime.UseThreads(1);
            while (Interlocked.Decrement(ref left) >= 0)
                recognizer.Transcribe([clip]);
        }))];
        Array.ForEach(running, t => t.Start());
        Array.ForEach(running, t => t.Join());
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static double Median(int times, Action work)
    {
        var seconds = new double[times];
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            work();
            seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds[times / 2];
    }

    static Recognizer New()
    {
        var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
        return new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1), vocabulary.Size), vocabulary);
    }
}
