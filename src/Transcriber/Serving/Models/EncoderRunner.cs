using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Speech.Model;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Transcriber.Serving.Models;

/// <summary>
/// Runs encoder versions for embeddings, one request at a time on one core: the last version that was asked for stays loaded. Thread-safe.
/// </summary>
sealed class EncoderRunner(ModelRegistry registry) : IDisposable
{
    const string Prefix = "encoder@";
    const int MaxWaiting = 8; // each with its recording in memory

    readonly SemaphoreSlim turn = new(1);
    int waiting;
    (int Number, EmbeddingModel Model)? loaded;

    /// <summary>Whether too many requests wait.</summary>
    public bool IsFull => Volatile.Read(ref waiting) >= MaxWaiting;

    /// <returns>The number of the version that a name means (<c>encoder@42</c>; <c>encoder</c> or nothing: the newest); null:
    /// none.</returns>
    public int? Resolve(string name)
    {
        if (name is "" or "encoder")
            return registry.Newest(ModelKind.Encoder)?.Number;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix.Length), out var number)
            && registry.Find(ModelKind.Encoder, number) is not null ? number : null;
    }

    public static string NameOf(int number) => $"{Prefix}{number}";

    /// <exception cref="InvalidModelException">The version cannot be loaded.</exception>
    public async Task<T> RunAsync<T>(int number, Func<EmbeddingModel, T> use, CancellationToken ct)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            await turn.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
        try
        {
            T? result = default;
            await ComputeThread.RunAsync("embed", () => result = use(Load(number)), torchThreads: 1, niceness: 0);
            return result!;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        turn.Wait(); // for the thread that runs it
        loaded?.Model.Dispose();
        turn.Dispose();
    }

    EmbeddingModel Load(int number)
    {
        if (loaded is { } last && last.Number == number)
            return last.Model;
        var folder = registry.Open(ModelKind.Encoder, number, out var reason) ?? throw new InvalidModelException(reason);
        var model = new EmbeddingModel(ModelFolder.LoadEncoder(folder.Path));
        loaded?.Model.Dispose();
        TorchRuntime.ReturnFreedMemory();
        loaded = (number, model);
        return model;
    }
}
