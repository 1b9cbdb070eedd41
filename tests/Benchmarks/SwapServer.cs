using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber;
using Ssl.Transcriber.Serving.Batching;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Swapping;

namespace Ssl.Benchmarks;

/// <summary>A swap: it lasts from the move of the alias until the version serves; a steady window as long follows after a pause.</summary>
/// <param name="From">Timestamps of <see cref="Stopwatch"/>.</param>
/// <param name="Peak">Bytes in memory at most while it lasted.</param>
/// <param name="After">When the steady window was over.</param>
sealed record SwapWindow(long From, long To, long SteadyFrom, long SteadyTo, long Peak, MemoryUse After);

/// <summary>
/// The serving half in a process of its own, as it is with <c>Transcriber:Role=serve</c>, so that its memory is nobody else's. Two versions
/// are in the registry beforehand: only the alias moves, and the service loads, checks and warms the version as it does for any champion.
/// </summary>
static class SwapServer
{
    public const string Command = "swap-server";
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.1); // for requests that the swap delayed

    /// <summary>
    /// The process: writes its address, waits for a line, swaps between the two versions, and writes each swap as it ends; serves until
    /// the next line.
    /// </summary>
    public static async Task RunAsync(string folder, int swaps)
    {
        var registry = ServingBench.Registry(folder);
        int[] numbers = [.. registry.List(ModelKind.Recognizer).Select(v => v.Number).Order().TakeLast(2)];
        var (champion, epoch) = (new Champion(registry), registry.AcquireEpoch("benchmark"));
        champion.Promote(numbers[0], epoch, "first");
        await using var app = ServingBench.Build(registry, Environment.ProcessorCount);
        var loader = new RecognizerLoader(registry, new DecodingRecipe(), new TorchOptions());
        var swap = new ChampionSwap(registry, loader, app.Services.GetRequiredService<ServingSlots>(), TimeProvider.System,
            NullLogger<ChampionSwap>.Instance);
        await app.StartAsync();
        Write(MemoryUse.Now());
        swap.Restore();
        using var workers = app.Services.GetRequiredService<TranscriptionWorkers>();
        workers.Start();
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadLineAsync();
        Write(MemoryUse.Now());
        for (var i = 1; i <= swaps; i++)
        {
            MemoryUse.ForgetPeak();
            var from = Stopwatch.GetTimestamp();
            champion.Promote(numbers[i % 2], epoch, "benchmark");
            await Task.Run(swap.Follow);
            var to = Stopwatch.GetTimestamp();
            await Task.Delay(Pause);
            var (peak, steadyFrom) = (MemoryUse.Peak, Stopwatch.GetTimestamp());
            await Task.Delay(Stopwatch.GetElapsedTime(from, to));
            Write(new SwapWindow(from, to, steadyFrom, Stopwatch.GetTimestamp(), peak, MemoryUse.Now()));
        }
        await Console.In.ReadLineAsync();
    }

    static void Write<T>(T line) => Console.WriteLine(JsonSerializer.Serialize(line));
}
