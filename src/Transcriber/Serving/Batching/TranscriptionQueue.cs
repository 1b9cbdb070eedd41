namespace Ssl.Transcriber.Serving.Batching;

/// <summary>
/// Bounded queue in front of the workers. Requests go before the stream; within each, jobs take turns piece by piece, so a long recording
/// does not keep short ones waiting. A worker gets one piece, and with it what waits already and is of similar length: it never waits for
/// company. Thread-safe.
/// </summary>
sealed class TranscriptionQueue(ServingOptions options) : IDisposable
{
    /// <summary>Beside a piece may go those at least this share of its length: padding costs at most the rest.</summary>
    const double SimilarLength = 0.75;

    readonly Lock gate = new();
    readonly LinkedList<TranscriptionJob>[] waiting = [new(), new()];
    readonly SemaphoreSlim pieces = new(0);
    bool closed;

    /// <summary>Jobs of which a piece still waits.</summary>
    public int Length
    {
        get
        {
            lock (gate)
                return waiting.Sum(w => w.Count);
        }
    }

    /// <summary>A request would be turned away now.</summary>
    public bool IsFull
    {
        get
        {
            lock (gate)
                return waiting[(int)TranscriptionPriority.Request].Count >= options.QueueCapacity;
        }
    }

    /// <summary>Takes a job in, or says no because the queue is full or closed. The caller keeps a lease of the model until the job is over.</summary>
    /// <param name="ct">Cancels what no worker has begun.</param>
    public bool TryEnqueue(TranscriptionJob job, CancellationToken ct)
    {
        lock (gate)
        {
            var line = waiting[(int)job.Priority];
            if (closed || line.Count >= options.QueueCapacity)
                return false;
            line.AddLast(job);
        }
        var registration = ct.UnsafeRegister(static (state, token) => ((TranscriptionJob)state!).Cancel(token), job);
        _ = job.Completion.ContinueWith(_ => registration.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        pieces.Release(job.Pieces.Count);
        return true;
    }

    /// <summary>Waits for work; an empty batch: nothing came in time, or what came was cancelled. All pieces of a batch are for one version.</summary>
    public IReadOnlyList<TranscriptionPiece> Take(TimeSpan patience)
    {
        var batch = new List<TranscriptionPiece>();
        if (!pieces.Wait(patience))
            return batch;
        lock (gate)
        {
            foreach (var line in waiting)
            {
                if (batch.Count == 0 && FirstWaiting(line) is { } first)
                {
                    batch.Add(TakeTurn(line, first));
                    AddSimilar(line, batch);
                }
            }
        }
        return batch;
    }

    /// <summary>From now on nothing is taken in, and what waits is cancelled.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var job in waiting.SelectMany(w => w))
                job.Cancel(CancellationToken.None);
        }
    }

    public void Dispose() => pieces.Dispose();

    static LinkedListNode<TranscriptionJob>? FirstWaiting(LinkedList<TranscriptionJob> line)
    {
        while (line.First is { } node)
        {
            if (node.Value.HasWaiting)
                return node;
            line.RemoveFirst();
        }
        return null;
    }

    static TranscriptionPiece TakeTurn(LinkedList<TranscriptionJob> line, LinkedListNode<TranscriptionJob> node)
    {
        var job = node.Value;
        var piece = job.Take();
        line.Remove(node);
        if (job.HasWaiting)
            line.AddLast(job);
        return piece;
    }

    void AddSimilar(LinkedList<TranscriptionJob> line, List<TranscriptionPiece> batch)
    {
        var (model, longest) = (batch[0].Job.Model, batch[0].Samples.Length);
        var room = options.BatchSamples - longest;
        for (var node = line.First; node is not null && batch.Count < options.BatchSize;)
        {
            var (job, following) = (node.Value, node.Next);
            if (job.HasWaiting && ReferenceEquals(job.Model, model) && job.WaitingSamples <= room
                && job.WaitingSamples <= longest && job.WaitingSamples >= longest * SimilarLength)
            {
                room -= job.WaitingSamples;
                batch.Add(TakeTurn(line, node));
                pieces.Wait(0); // its own permit; a worker that finds none waiting comes back empty-handed
            }
            node = following;
        }
    }
}
