using System.Diagnostics;
using Ssl.Learner;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Training;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Tuning.FineTuning;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Benchmarks;

/// <summary>
/// P11: requests over HTTP beside training in the same process, with threads and niceness as the services have them. In turn: requests
/// alone, both, training alone. The requests of a turn arrive by chance, at the same moments each time. A turn is steady
/// where the mean delays of requests alone before and after differ by at most 10 %; with eight steady ones only these count, with fewer
/// the figures of all turns are printed as inconclusive.
/// </summary>
static class Governor
{
    const int Turns = 16;
    const int MinTurns = 8;
    const double MaxDrift = 0.1;
    const double Load = 0.5; // of what the workers answer
    const int ClipSeconds = 10;
    const int CountedRequests = 40;
    static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Settle = TimeSpan.FromSeconds(0.5);

    public static async Task PrintAsync()
    {
        TorchRuntime.UseThreads(1);
        using var recognizer = New();
        var wav = ServingBench.Wav(Noise(ClipSeconds, seed: 1));
        var workers = Math.Max(1, Environment.ProcessorCount / 2); // Role=all
        await using var bench = await ServingBench.StartAsync(recognizer, workers);
        var rate = Load * await ThroughputAsync(bench, wav, workers);
        using var tuning = TrainingLoad.Start("fine-tune", new FineTuningOptions().Threads, new FineTuningOptions().Niceness, FineTune);
        await PrintAsync("fine-tuning", bench, wav, rate, [tuning]);
        using var learning = TrainingLoad.Start("training", threads: 1, new LearnerOptions().Niceness, Pretrain); // as in ssl up
        await PrintAsync("fine-tuning and pretraining", bench, wav, rate, [tuning, learning]);
    }

    static async Task PrintAsync(string what, ServingBench bench, byte[] wav, double rate, TrainingLoad[] loads)
    {
        var turns = new List<Turn>();
        for (var i = 0; i < Turns; i++)
        {
            var arrivals = Arrivals(rate, seed: i);
            var before = await RequestsAsync(bench, wav, arrivals);
            var (beside, done) = await WithAsync(loads, () => RequestsAsync(bench, wav, arrivals));
            var (_, alone) = await WithAsync(loads, async () =>
            {
                await Task.Delay(Window);
                return Array.Empty<double>();
            });
            var after = await RequestsAsync(bench, wav, arrivals);
            var steady = Math.Abs(before.Average() - after.Average()) <= MaxDrift * Math.Max(before.Average(), after.Average());
            turns.Add(new Turn([.. before, .. after], beside, done.Zip(alone, (d, a) => d / a).Average(), steady));
        }
        var steadyTurns = turns.Count(t => t.IsSteady);
        if (steadyTurns >= MinTurns)
            turns.RemoveAll(t => !t.IsSteady);
        else
            Console.WriteLine($"P11, {what}: inconclusive, {steadyTurns} of {Turns} turns had steady delays; of all turns:");
        var (p99, low, high) = Bootstrap(turns, some => P99(some.SelectMany(t => t.Beside)) / P99(some.SelectMany(t => t.Alone)));
        var (share, least, most) = Bootstrap(turns, some => Median([.. some.Select(t => t.Share)]));
        Console.WriteLine($"P11, {what} beside {rate:0.0} requests of {ClipSeconds} s a second: p99 "
            + $"{P99(turns.SelectMany(t => t.Beside)) * 1000:0} ms, alone {P99(turns.SelectMany(t => t.Alone)) * 1000:0} ms, "
            + $"ratio {p99:0.00} [{low:0.00}, {high:0.00}]; training keeps {share:0.00} [{least:0.00}, {most:0.00}] of its speed alone; "
            + $"{turns.Count} turns");
    }

    /// <summary>Lets the loads train while something else happens.</summary>
    /// <returns>Its result, and the steps of each load a second.</returns>
    static async Task<(double[] Delays, double[] Speeds)> WithAsync(TrainingLoad[] loads, Func<Task<double[]>> act)
    {
        Array.ForEach(loads, l => l.Go());
        await Task.Delay(Settle);
        var (started, steps) = (Stopwatch.GetTimestamp(), Array.ConvertAll(loads, l => l.Steps));
        var delays = await act();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double[] speeds = [.. loads.Zip(steps, (l, s) => (l.Steps - s) / seconds)];
        Array.ForEach(loads, l => l.Rest());
        await Task.Delay(Settle);
        return (delays, speeds);
    }

    /// <summary>Moments by chance within a window, in seconds.</summary>
    static double[] Arrivals(double rate, int seed)
    {
        var (random, arrivals) = (new Random(seed), new List<double>());
        for (var due = 0.0; due < Window.TotalSeconds; due -= Math.Log(1 - random.NextDouble()) / rate)
            arrivals.Add(due);
        return [.. arrivals];
    }

    /// <summary>Requests at their moments, whether those before are answered or not.</summary>
    static async Task<double[]> RequestsAsync(ServingBench bench, byte[] wav, double[] arrivals)
    {
        var (started, running) = (Stopwatch.GetTimestamp(), new List<Task<double>>());
        foreach (var due in arrivals)
        {
            var wait = TimeSpan.FromSeconds(due) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            running.Add(TimedAsync());
        }
        return await Task.WhenAll(running);

        async Task<double> TimedAsync()
        {
            var sent = Stopwatch.GetTimestamp();
            await bench.TranscribeAsync(wav);
            return Stopwatch.GetElapsedTime(sent).TotalSeconds;
        }
    }

    static async Task<double> ThroughputAsync(ServingBench bench, byte[] wav, int workers)
    {
        async Task OneByOneAsync()
        {
            for (var i = 0; i < CountedRequests; i++)
                await bench.TranscribeAsync(wav);
        }
        await OneByOneAsync();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 2 * workers).Select(_ => Task.Run(OneByOneAsync)));
        return 2 * workers * CountedRequests / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static void FineTune(Action stepped, CancellationToken ct)
    {
        using var encoder = SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1);
        var labels = Enumerable.Range(0, 64).Select(i => new LabelledUtterance($"{i}", "the quick brown fox", Noise(5, i)));
        var tuner = new FineTuner(new FineTuningRecipe { BatchAudioSeconds = 20 }, new DecodingRecipe(), seed: 0, TimeProvider.System);
        var endless = new FineTuningBudget(TimeSpan.FromDays(1), 1_000_000);
        tuner.Run(encoder, null, new TrainingSet([.. labels]), endless, _ => stepped(), null, ct);
    }

    static void Pretrain(Action stepped, CancellationToken ct)
    {
        using var session = PretrainingSession.Fresh(Wav2Vec2BertConfig.Tiny, new PretrainingRecipe(), new LearnerOptions());
        ReadOnlyMemory<short>[] clips = [.. Enumerable.Range(0, 4).Select(i => new ReadOnlyMemory<short>(Noise(5, i)))];
        for (var step = 0; !ct.IsCancellationRequested; step++)
        {
            session.Step(clips, seed: 0, step);
            stepped();
        }
    }

    static short[] Noise(int seconds, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, seconds * 16_000).Select(i => (short)(random.Next(-3000, 3000) * Math.Sin(i / 3000.0)))];
    }

    static Recognizer New()
    {
        var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
        return new Recognizer(new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed: 1), vocabulary.Size), vocabulary);
    }

    static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    static double P99(IEnumerable<double> delays)
    {
        double[] sorted = [.. delays.Order()];
        return sorted[(int)Math.Ceiling(0.99 * sorted.Length) - 1];
    }

    /// <summary>A figure of all turns with its 90 % interval.</summary>
    static (double Value, double Low, double High) Bootstrap(List<Turn> turns, Func<IReadOnlyList<Turn>, double> figure)
    {
        const int resamples = 2000;
        var random = new Random(1);
        double[] figures = [.. Enumerable.Range(0, resamples)
            .Select(_ => figure([.. turns.Select(_ => turns[random.Next(turns.Count)])])).Order()];
        return (figure(turns), figures[resamples / 20], figures[resamples * 19 / 20]);
    }

    /// <param name="Alone">Delays of requests without training.</param>
    /// <param name="Share">Speed of training beside them, of its speed alone.</param>
    /// <param name="IsSteady">Requests alone took about as long before and after.</param>
    sealed record Turn(double[] Alone, double[] Beside, double Share, bool IsSteady);

    /// <summary>Training that can be stopped between two steps.</summary>
    sealed class TrainingLoad : IDisposable
    {
        readonly ManualResetEventSlim running = new();
        readonly CancellationTokenSource ending = new();
        Task work = Task.CompletedTask;
        long steps;

        public long Steps => Interlocked.Read(ref steps);

        public static TrainingLoad Start(string name, int threads, int niceness, Action<Action, CancellationToken> train)
        {
            var load = new TrainingLoad();
            load.work = ComputeThread.RunAsync(name, () =>
            {
                load.running.Wait(load.ending.Token);
                train(load.Stepped, load.ending.Token);
            }, threads, niceness);
            return load;
        }

        public void Go() => running.Set();

        public void Rest() => running.Reset();

        public void Dispose()
        {
            ending.Cancel();
            ((Task)Task.WhenAny(work)).Wait();
            running.Dispose();
            ending.Dispose();
        }

        void Stepped()
        {
            Interlocked.Increment(ref steps);
            running.Wait(ending.Token);
        }
    }
}
