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
        var capacity = Clients * RequestsAClient / Clients16(all, wav);
        var chance = new Random(1);
        await PrintDelaysAsync(all, wav, "evenly", capacity, workers, () => 1);
        await PrintDelaysAsync(all, wav, "by chance", capacity, workers, () => -Math.Log(1 - chance.NextDouble()));
    }

    /// <summary>Requests at a share of the measured throughput; the anchor is a queue of the same workers that take equally long.</summary>
    /// <param name="capacity">Requests a second.</param>
    /// <param name="gap">The next distance between two arrivals; 1 on average.</param>
    static async Task PrintDelaysAsync(ServingBench bench, byte[] wav, string arrivals, double capacity, int workers, Func<double> gap)
    {
        var due = new double[LoadRequests]; // seconds
        for (var i = 1; i < due.Length; i++)
            due[i] = due[i - 1] + gap() / (Load * capacity);
        var (started, running) = (Stopwatch.GetTimestamp(), new List<Task<double>>());
        foreach (var at in due)
        {
            var wait = TimeSpan.FromSeconds(at) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            running.Add(TimedAsync());
        }
        var delays = await Task.WhenAll(running);
        var (tail, low, high) = Pairs.Bootstrap(delays, Tail);
        Console.WriteLine($"P6, {LoadRequests} requests {arrivals} at {Load:0%} of {capacity:0.0} a second: "
            + $"median {Median(delays) * 1000:0} ms, p99 {tail:0.00} times the median [{low:0.00}, {high:0.00}]; "
            + $"a queue of {workers} whose work takes equally long: {Tail([.. Ideal(due, workers, workers / capacity).Order()]):0.00}");

        async Task<double> TimedAsync()
        {
            var sent = Stopwatch.GetTimestamp();
            await bench.TranscribeAsync(wav);
            return Stopwatch.GetElapsedTime(sent).TotalSeconds;
        }
    }

    static double Tail(double[] sorted) => sorted[sorted.Length * 99 / 100] / sorted[sorted.Length / 2];

    /// <summary>Delays of a queue with equal service times, first come first served.</summary>
    static IEnumerable<double> Ideal(double[] arrivals, int workers, double serviceSeconds)
    {
        var free = new double[workers];
        foreach (var at in arrivals)
        {
            var next = Array.IndexOf(free, free.Min());
            free[next] = Math.Max(free[next], at) + serviceSeconds;
            yield return free[next] - at;
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
        return Median(seconds);
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    static Recognizer New()
    {
        var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
        return new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1), vocabulary.Size), vocabulary);
    }
}
