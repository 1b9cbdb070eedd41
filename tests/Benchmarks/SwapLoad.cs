using System.Diagnostics;
using System.Text.Json;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Benchmarks;

/// <summary>
/// Goals P7 and R5: swaps while eight clients of this process send requests to a server in another (<see cref="SwapServer"/>): failures,
/// answers that are not of the version they name, delays in swaps beside delays between them, and where the server's memory is.
/// </summary>
static class SwapLoad
{
    const int WarmUpAnswers = 200;
    const int MaxSeeds = 20;
    const int TableRows = 10;
    const int Resamples = 500;

    /// <param name="shape">Tiny, Small, Base or Large.</param>
    public static async Task PrintAsync(int swaps, string shape)
    {
        EncoderConfig config = shape switch
        {
            "Tiny" => Wav2Vec2BertConfig.Tiny,
            "Small" => Wav2Vec2BertConfig.Small,
            "Base" => Wav2Vec2Config.Base,
            "Large" => Wav2Vec2Config.Large,
            _ => throw new ArgumentException($"shape is {shape}, expected Tiny, Small, Base or Large", nameof(shape)),
        };
        var folder = Directory.CreateTempSubdirectory("ssl-swaps-");
        try
        {
            var versions = Versions(ServingBench.Registry(folder.FullName), config);
            await RunAsync(folder.FullName, swaps, shape, versions);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task RunAsync(string folder, int swaps, string shape, SwapVersions versions)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [SwapServer.Command, folder, $"{swaps}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_gcServer"] = "1" }, // as the service has it
        })!;
        try
        {
            async Task<string> LineAsync() => await server.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("the server ended");
            async Task<T> ReadAsync<T>() => JsonSerializer.Deserialize<T>(await LineAsync())!;

            var empty = await ReadAsync<MemoryUse>();
            var clients = new SwapClients(new Uri(await LineAsync()));
            await clients.StartAsync(WarmUpAnswers);
            await server.StandardInput.WriteLineAsync("swap");
            var first = await ReadAsync<MemoryUse>();
            var windows = new List<SwapWindow>();
            while (windows.Count < swaps)
                windows.Add(await ReadAsync<SwapWindow>());
            var answers = await clients.EndAsync();
            await server.StandardInput.WriteLineAsync("end");
            await server.WaitForExitAsync();
            Print(shape, versions, answers, windows);
            PrintMemory(versions, empty, first, windows);
        }
        finally
        {
            if (!server.HasExited)
                server.Kill();
        }
    }

    static void Print(string shape, SwapVersions versions, IReadOnlyList<ClientAnswer> answers, List<SwapWindow> windows)
    {
        var foreign = answers.Count(a => a.Text is not null && versions.Texts.GetValueOrDefault(a.Version) != a.Text);
        Console.WriteLine($"{windows.Count} swaps of {shape}, {answers.Count} answers: {answers.Count(a => a.Text is null)} failed, "
            + $"{foreign} not of the version that they name");
        double[] milliseconds = [.. windows.Select(w => Stopwatch.GetElapsedTime(w.From, w.To).TotalMilliseconds).Order()];
        Console.WriteLine($"a swap takes {milliseconds[milliseconds.Length / 2]:0} ms, at most {milliseconds[^1]:0}");
        double[][] inSwaps = [.. windows.Select(w => Seconds(w.From, w.To))];
        double[][] steady = [.. windows.Select(w => Seconds(w.SteadyFrom, w.SteadyTo))];
        var random = new Random(1);
        var all = Enumerable.Range(0, windows.Count).ToArray();
        double[] ratios = [.. Enumerable.Range(0, Resamples).Select(_ => Ratio([.. all.Select(_ => random.Next(all.Length))])).Order()];
        Console.WriteLine($"p99 in swaps {P99(all, inSwaps) * 1000:0} ms, steady {P99(all, steady) * 1000:0} ms: ratio {Ratio(all):0.00} "
            + $"[{ratios[Resamples / 20]:0.00}, {ratios[Resamples * 19 / 20]:0.00}]; "
            + $"{inSwaps.Sum(s => s.Length)} and {steady.Sum(s => s.Length)} answers");

        double Ratio(int[] chosen) => P99(chosen, inSwaps) / P99(chosen, steady);
        double[] Seconds(long from, long to) => [.. answers.Where(a => a.Ended >= from && a.Ended < to).Select(a => a.Seconds)];
    }

    static double P99(int[] chosen, double[][] windows)
    {
        double[] seconds = [.. chosen.SelectMany(i => windows[i]).Order()];
        return seconds.Length == 0 ? double.NaN : seconds[(int)Math.Ceiling(0.99 * seconds.Length) - 1];
    }

    /// <summary>The first tenth of the swaps is warm-up; drift is from the second to the last.</summary>
    static void PrintMemory(SwapVersions versions, MemoryUse empty, MemoryUse first, List<SwapWindow> windows)
    {
        Console.WriteLine($"MiB after  {MemoryUse.Header}");
        Console.WriteLine($"  no model {empty}");
        Console.WriteLine($" one model {first}");
        var rows = Math.Min(TableRows, windows.Count);
        for (var row = 1; row <= rows; row++)
            Console.WriteLine($"{row * windows.Count / rows,10} {windows[row * windows.Count / rows - 1].After}");
        var tenth = Math.Max(1, windows.Count / 10);
        var (early, late) = (windows.Skip(tenth).Take(tenth).ToArray(), windows.TakeLast(tenth).ToArray());
        double steady = Median(early.Select(w => w.After.Resident)), end = Median(late.Select(w => w.After.Resident));
        var peak = windows.Skip(tenth).Max(w => w.Peak);
        var tensors = Median(late.Select(w => w.After.Tensors)) - Median(early.Select(w => w.After.Tensors));
        Console.WriteLine($"drift of resident memory {end / steady - 1:+0.0%;-0.0%} from {steady / (1 << 20):0} MiB; of tensors "
            + $"{tensors / (windows.Count - 2 * tenth):+0.0;-0.0;0} a swap, where a model has {versions.Parameters} parameters");
        Console.WriteLine($"peak in a swap {peak >> 20} MiB: {(peak - steady) / versions.WeightBytes:0.00} models of "
            + $"{versions.WeightBytes / (1 << 20):0.0} MiB ({versions.Precision}) more than between swaps, "
            + $"{peak / (steady + versions.WeightBytes):0.000} of what two models need; "
            + $"a file has {versions.FileBytes / (1 << 20):0.0} MiB");
    }

    static double Median(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Two versions whose texts of the clip differ are the last in the registry.</summary>
    static SwapVersions Versions(ModelRegistry registry, EncoderConfig config)
    {
        var epoch = registry.AcquireEpoch("benchmark");
        var loader = new RecognizerLoader(registry, new DecodingRecipe(), new TorchOptions());
        var texts = new Dictionary<int, string>();
        for (var seed = 1; seed <= MaxSeeds; seed++)
        {
            var vocabulary = Vocabulary.FromTexts(["the quick brown fox jumps over the lazy dog"]);
            using var recognizer = new Recognizer(new CtcModel(SpeechEncoder.Create(config, seed), vocabulary.Size, seed), vocabulary);
            var draft = new ManifestDraft { EncoderNumber = 1, Health = ModelHealth.Promoted };
            var file = 0L;
            var number = registry.Publish(ModelKind.Recognizer, draft, epoch, path =>
            {
                ModelFolder.SaveRecognizer(path, recognizer);
                file = new FileInfo(Path.Combine(path, "model.safetensors")).Length;
            }).Number;
            using var loaded = loader.Load(number, out var reason) ?? throw new InvalidDataException(reason);
            var text = loaded.Transcribe([SwapClients.Clip()], TextReading.Words)[0].Text;
            if (texts.ContainsValue(text))
                texts.Clear();
            texts[number] = text;
            if (texts.Count == 2)
            {
                return new SwapVersions(texts, loaded.WeightBytes, file, recognizer.Model.parameters().Count(),
                    PrecisionChoice.Of(Precision.Auto, config.MinWeights));
            }
        }
        throw new InvalidOperationException("all seeds give the same text");
    }
}

/// <param name="Texts">Of the clients' clip, by version.</param>
/// <param name="WeightBytes">Memory of one version's weights.</param>
/// <param name="FileBytes">Size of one version's file of weights.</param>
/// <param name="Parameters">Number of tensors of weights.</param>
sealed record SwapVersions(
    IReadOnlyDictionary<int, string> Texts, double WeightBytes, double FileBytes, int Parameters, Precision Precision);
