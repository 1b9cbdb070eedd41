using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>Threads of their own that take pieces from the queue and run the model, each with one torch thread: requests side by side use the cores better than one spread over them.</summary>
sealed class TranscriptionWorkers(TranscriptionQueue queue, ServingSlot slot, ServingOptions options, LoopHeartbeat heartbeat, ILogger<TranscriptionWorkers> logger) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    readonly List<Thread> threads = [];
    volatile bool ending;

    public void Start()
    {
        for (var number = 1; number <= options.Workers; number++)
        {
            var thread = new Thread(Work) { Name = $"transcribe-{number}", IsBackground = true };
            threads.Add(thread);
            thread.Start(thread.Name);
        }
    }

    /// <summary>Cancels what waits, lets the pieces under way end.</summary>
    public void Dispose()
    {
        ending = true;
        queue.Close();
        foreach (var thread in threads)
            thread.Join();
        threads.Clear();
    }

    void Work(object? name)
    {
        using var registration = heartbeat.Register((string)name!, LongestSilence);
        TorchRuntime.UseThreads(1);
        while (!ending)
        {
            heartbeat.Beat((string)name!);
            var batch = queue.Take(Patience);
            ServingMetrics.Now(queue.Length, slot.Age);
            if (batch.Count > 0)
                Run(batch);
        }
    }

    void Run(IReadOnlyList<TranscriptionPiece> batch)
    {
        // The request that held a lease may have been cancelled a moment ago; without a lease of its own a worker would run a disposed model.
        if (!batch[0].Job.Model.TryLease(out var lease))
            return;
        using (lease)
        {
            try
            {
                var results = lease.Run([.. batch.Select(p => p.Samples)]);
                ServingMetrics.Transcribed(batch.Sum(p => AudioFormat.SecondsOf(p.Samples.Length)));
                for (var i = 0; i < batch.Count; i++)
                    batch[i].Job.Complete(batch[i].Index, results[i]);
            }
            catch (Exception e)
            {
                // A model that throws is a bug, but those of one batch only fail; the worker, and with it the service, goes on.
                logger.BatchFailed(e, lease.Model.Number, batch.Count);
                foreach (var piece in batch)
                    piece.Job.Fail(e);
            }
        }
    }
}
