using System.Collections.Concurrent;
using System.ComponentModel;

namespace Ssl.Shared.Foundation.Audio.Ffmpeg;

/// <summary>
/// Processes that wait for their input: a message does not wait for one to start. Each is used once, so that no state carries
/// over between messages; the first is started when it is needed. Thread-safe.
/// </summary>
static class FfmpegPool
{
    const int MaxStarts = 5;
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2); // doubled each time

    static readonly int Spares = Math.Max(1, Environment.ProcessorCount / 2);
    static readonly SemaphoreSlim Turns = new(Math.Max(2, Environment.ProcessorCount));
    static readonly ConcurrentQueue<FfmpegProcess> Waiting = new();

    /// <summary>Runs one input through a process; waits while as many run as there are cores, each for its limit at most.</summary>
    /// <exception cref="Win32Exception">No process can be started, nor could one some seconds later.</exception>
    public static async Task<FfmpegOutcome> RunAsync(
        ReadOnlyMemory<byte> bytes, Func<Stream, CancellationToken, Task<bool>> read, TimeSpan limit, CancellationToken ct)
    {
        await Turns.WaitAsync(ct);
        try
        {
            using var process = await TakeAsync(ct);
            return await process.RunAsync(bytes, read, limit, ct);
        }
        finally
        {
            Turns.Release();
        }
    }

    static async Task<FfmpegProcess> TakeAsync(CancellationToken ct)
    {
        var ready = (FfmpegProcess?)null;
        while (ready is null && Waiting.TryDequeue(out var spare))
        {
            if (spare.HasEnded)
                spare.Dispose();
            else
                ready = spare;
        }
        _ = Task.Run(Refill, CancellationToken.None);
        for (var attempt = 1; ready is null; attempt++)
        {
            try
            {
                ready = new FfmpegProcess();
            }
            catch (Win32Exception) when (attempt < MaxStarts)
            {
                await Task.Delay(FirstPause * (1 << attempt - 1), ct);
            }
        }
        return ready;
    }

    static void Refill()
    {
        try
        {
            while (Waiting.Count < Spares)
                Waiting.Enqueue(new FfmpegProcess());
        }
        catch (Win32Exception)
        {
            // who needs one tries again, and says so
        }
    }
}
