using System.Diagnostics;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Foundation.Health;
using Ssl.Shared.Speech.Recognition;
using Ssl.Shared.Speech.Torch;
using Ssl.Transcriber.Serving.Models;
using Ssl.Transcriber.Serving.Watching;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>Threads that take batches from the queue and run the model, each on one torch thread, which uses the cores best.</summary>
sealed class TranscriptionWorkers(
    TranscriptionQueue queue, Throughput throughput, AnswerLog answers, ServingSlot slot, ServingOptions options, LoopHeartbeat heartbeat,
    ILogger<TranscriptionWorkers> logger) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(1);

    readonly List<Thread> threads = [];
    volatile bool ending;

    public void Start()
    {
        for (var number = 1; number <= options.WorkerThreads; number++)
        {
            var thread = new Thread(Work) { Name = $"transcribe-{number}", IsBackground = true };
            threads.Add(thread);
            thread.Start(thread.Name);
        }
    }

    /// <summary>Cancels waiting jobs and waits for running batches.</summary>
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
        using var registration = heartbeat.Register((string)name!, MaxSilence);
        TorchRuntime.UseThreads(1);
        while (!ending)
        {
            heartbeat.Beat((string)name!);
            var batch = queue.Take(Patience);
            ServingMetrics.QueueLength.Set(queue.Length);
            ServingMetrics.ModelAge.Set(slot.Age.TotalSeconds);
            if (batch.Count > 0)
                Run(batch);
        }
    }

    void Run(IReadOnlyList<TranscriptionPiece> batch)
    {
        // A cancelled request returns its lease at once; without a lease of its own a worker could run a disposed model.
        if (!batch[0].Job.Model.TryLease(out var lease))
            return;
        using (lease)
        {
            try
            {
                if (batch[0].Job.Step is { } step)
                {
                    step();
                    ServingMetrics.AudioSeconds.Inc(AudioFormat.SecondsOf(batch[0].Samples.Length));
                    batch[0].Job.Complete(batch[0], new Transcription("", [], 1));
                    return;
                }
                var (started, computing) = (Stopwatch.GetTimestamp(), ComputeTime.Now);
                var results = lease.Run([.. batch.Select(p => p.Samples)], batch[0].Job.HotWords);
                var cost = ComputeTime.Now - computing;
                var seconds = batch.Sum(p => AudioFormat.SecondsOf(p.Samples.Length));
                throughput.Measured(seconds, Stopwatch.GetElapsedTime(started));
                ServingMetrics.AudioSeconds.Inc(seconds);
                ServingMetrics.BatchAudioSeconds.Observe(seconds);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Job.Complete(batch[i], results[i]);
                    var pieceSeconds = AudioFormat.SecondsOf(batch[i].Samples.Length);
                    answers.Answered(lease.Model.Number, results[i], pieceSeconds, cost * (pieceSeconds / seconds));
                }
            }
            catch (Exception e)
            {
                // A model that throws is a bug, but only this batch fails; the worker goes on.
                logger.BatchFailed(e, lease.Model.Number, batch.Count);
                foreach (var piece in batch)
                {
                    piece.Job.Fail(e);
                    answers.Failed(lease.Model.Number);
                }
            }
        }
    }
}
