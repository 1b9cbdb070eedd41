using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Http;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Swapping;

namespace Ssl.Benchmarks;

/// <summary>
/// P7: swaps while eight clients send requests over a socket. Two versions are in the registry beforehand, so that only the alias moves;
/// the service then loads, checks and warms the version, as it does for any champion. A swap window lasts from the move of the alias until
/// the version serves; a steady window as long follows each.
/// </summary>
static class SwapLoad
{
    const int Clients = 8;
    const int WarmUpRequests = 50;
    const int MaxSeeds = 20;
    const string PcmType = "audio/pcm;rate=16000;channels=1";

    public static async Task PrintAsync(int swaps)
    {
        var folder = Directory.CreateTempSubdirectory("ssl-swaps-");
        try
        {
            await RunAsync(folder.FullName, swaps);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task RunAsync(string folder, int swaps)
    {
        var registry = ServingBench.Registry(folder);
        var epoch = registry.AcquireEpoch("benchmark");
        var (loader, clip) = (new RecognizerLoader(registry, new DecodingRecipe()), Clip());
        var texts = Versions(registry, epoch, loader, clip);
        int[] numbers = [.. texts.Keys.Order()];
        var champion = new Champion(registry);
        champion.Promote(numbers[0], epoch, "first");

        await using var app = ServingBench.Build(registry);
        var swap = new ChampionSwap(registry, loader, app.Services.GetRequiredService<ServingSlots>(), TimeProvider.System,
            NullLogger<ChampionSwap>.Instance);
        swap.Restore();
        await app.StartAsync();
        using var workers = app.Services.GetRequiredService<TranscriptionWorkers>();
        workers.Start();

        var load = new Load(new Uri(app.Urls.First()), MemoryMarshal.AsBytes<short>(clip).ToArray(), texts);
        var clients = load.Start(Clients);
        await load.AnsweredAsync(WarmUpRequests);
        var (before, peak, windows) = (Environment.WorkingSet, 0L, new List<(long From, long To, bool IsSwap)>());
        for (var i = 1; i <= swaps; i++)
        {
            var from = Stopwatch.GetTimestamp();
            champion.Promote(numbers[i % 2], epoch, "benchmark");
            await Task.Run(swap.Follow);
            var to = Stopwatch.GetTimestamp();
            peak = Math.Max(peak, Environment.WorkingSet);
            await Task.Delay(Stopwatch.GetElapsedTime(from, to));
            windows.AddRange([(from, to, true), (to, Stopwatch.GetTimestamp(), false)]);
        }
        var after = Environment.WorkingSet;
        await load.EndAsync(clients);

        var (inSwaps, steady) = (Percentile(load, windows, isSwap: true), Percentile(load, windows, isSwap: false));
        Console.WriteLine($"{swaps} swaps, {load.Answers.Count} answers of {string.Join(" and ", numbers.Select(n => $"ssl@{n}"))}: "
            + $"{load.Failures} failed, {load.Foreign} match neither version");
        var swapTime = windows.Where(w => w.IsSwap).Average(w => Stopwatch.GetElapsedTime(w.From, w.To).TotalMilliseconds);
        Console.WriteLine($"a swap takes {swapTime:0} ms on average, of loading, checking and warming up");
        Console.WriteLine($"p99 in swap windows {inSwaps * 1000:0} ms, steady {steady * 1000:0} ms: ratio {inSwaps / steady:0.00}");
        Console.WriteLine($"working set {before >> 20} MiB before, at most {peak >> 20} MiB, {after >> 20} MiB after; "
            + $"a model has {new FileInfo(Path.Combine(folder, "recognizers", $"{numbers[0]:D6}", "model.safetensors")).Length >> 20} MiB");
    }

    /// <summary>Two versions of the default shape whose texts of the clip differ, and those texts.</summary>
    static Dictionary<int, string> Versions(ModelRegistry registry, WriterEpoch epoch, RecognizerLoader loader, short[] clip)
    {
        var texts = new Dictionary<int, string>();
        for (var seed = 1; texts.Count < 2 && seed <= MaxSeeds; seed++)
        {
            var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
            using var recognizer = new Recognizer(
                new CtcModel(SpeechEncoder.Create(Wav2Vec2BertConfig.Tiny, seed), vocabulary.Size, seed), vocabulary);
            var draft = new ManifestDraft { EncoderNumber = 1, Health = ModelHealth.Promoted };
            var number = registry.Publish(ModelKind.Recognizer, draft, epoch, path => ModelFolder.SaveRecognizer(path, recognizer)).Number;
            using var loaded = loader.Load(number, out var reason) ?? throw new InvalidDataException(reason);
            var text = loaded.Transcribe([clip], TextReading.Words)[0].Text;
            if (!texts.ContainsValue(text))
                texts[number] = text;
        }
        return texts.Count == 2 ? texts : throw new InvalidOperationException("all seeds give the same text");
    }

    static double Percentile(Load load, List<(long From, long To, bool IsSwap)> windows, bool isSwap)
    {
        double[] seconds = [.. load.Answers.Where(a => windows.Any(w => w.IsSwap == isSwap && a.Ended >= w.From && a.Ended < w.To))
            .Select(a => a.Seconds).Order()];
        return seconds.Length == 0 ? double.NaN : seconds[(int)Math.Ceiling(0.99 * seconds.Length) - 1];
    }

    static short[] Clip()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 16_000).Select(_ => (short)random.Next(-3000, 3000))];
    }

    /// <summary>Clients that send one request after the other.</summary>
    sealed class Load(Uri address, byte[] pcm, IReadOnlyDictionary<int, string> texts)
    {
        readonly CancellationTokenSource ending = new();
        int failures;
        int foreign;

        public ConcurrentQueue<(long Ended, double Seconds)> Answers { get; } = new();
        public int Failures => failures;
        /// <summary>Answers that are not the text of the version that they name.</summary>
        public int Foreign => foreign;

        public Task[] Start(int clients) => [.. Enumerable.Range(0, clients).Select(_ => Task.Run(SendAsync))];

        public async Task AnsweredAsync(int count)
        {
            while (Answers.Count < count)
                await Task.Delay(10);
        }

        public async Task EndAsync(Task[] clients)
        {
            await ending.CancelAsync();
            await Task.WhenAll(clients);
            ending.Dispose();
        }

        async Task SendAsync()
        {
            using var http = new HttpClient { BaseAddress = address };
            while (!ending.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                var file = new ByteArrayContent(pcm) { Headers = { ContentType = MediaTypeHeaderValue.Parse(PcmType) } };
                using var form = new MultipartFormDataContent { { file, "file", "a.pcm" }, { new StringContent("ssl"), "model" } };
                using var response = await http.PostAsync("v1/audio/transcriptions", form);
                var body = await response.Content.ReadAsStringAsync();
                Answers.Enqueue((Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(started).TotalSeconds));
                if (!response.IsSuccessStatusCode)
                    Interlocked.Increment(ref failures);
                else if (texts.GetValueOrDefault(int.Parse(response.Headers.GetValues("x-model-version").Single()))
                    != JsonDocument.Parse(body).RootElement.GetProperty("text").GetString())
                    Interlocked.Increment(ref foreign);
            }
        }
    }
}
