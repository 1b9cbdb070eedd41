namespace Ssl.Transcriber.Serving.Batching;

/// <summary>
/// Bounded queue in front of the workers. Live sessions and requests go before the stream and take turns with each other; within each,
/// jobs take turns piece by piece, so that a long recording does not delay short ones; an open job keeps its place. A batch is one piece
/// and the waiting pieces of similar length, or one step of a live session. Thread-safe.
/// </summary>
sealed class TranscriptionQueue(ServingOptions options) : IDisposable
{
    const double SimilarLength = 0.75; // of the first piece of a batch; the rest is padding

    readonly Lock gate = new();
    readonly LinkedList<TranscriptionJob>[] waiting = [new(), new(), new()]; // by priority
    readonly SemaphoreSlim pieces = new(0);
    bool closed;
    bool liveHadTurn;

    /// <summary>Jobs of which a piece waits or is to come; a snapshot, read without the lock.</summary>
    public int Length => waiting.Sum(w => w.Count);
    /// <summary>Whether a request would be refused now.</summary>
    public bool IsFull => waiting[(int)TranscriptionPriority.Request].Count >= options.QueueCapacity;

    /// <summary>Audio of requests that no worker has taken.</summary>
    public double WaitingSeconds
    {
        get
        {
            lock (gate)
                return waiting[(int)TranscriptionPriority.Request].Sum(job => job.WaitingSeconds);
        }
    }

    /// <summary>Adds a job; false if the queue is full or closed. The caller holds a lease of the model until the job ends.</summary>
    /// <param name="ct">Cancels the pieces that no worker has taken.</param>
    public bool TryEnqueue(TranscriptionJob job, CancellationToken ct)
    {
        lock (gate)
        {
            var line = waiting[(int)job.Priority];
            // Of a live session one step waits at most, and sessions are counted.
            if (closed || line.Count >= options.QueueCapacity && job.Priority != TranscriptionPriority.Live)
                return false;
            line.AddLast(job);
        }
        var registration = ct.UnsafeRegister(static (state, token) => ((TranscriptionJob)state!).Cancel(token), job);
        _ = job.Completion.ContinueWith(_ =>
        {
            registration.Dispose();
            lock (gate)
                waiting[(int)job.Priority].Remove(job); // where no worker came by since
        }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (job.WaitingCount is > 0 and var count)
            pieces.Release(count);
        return true;
    }

    /// <summary>Adds a piece to an open job of the queue, however full this is.</summary>
    /// <param name="start">In samples from the start of the recording.</param>
    public void Add(TranscriptionJob job, long start, ReadOnlyMemory<short> samples)
    {
        lock (gate)
            job.Add(start, samples);
        pieces.Release();
    }

    /// <summary>No more pieces of a job come.</summary>
    public void Close(TranscriptionJob job)
    {
        lock (gate)
        {
            job.Close();
            if (!job.HasWaiting)
                waiting[(int)job.Priority].Remove(job);
        }
    }

    /// <summary>Waits for a batch of one version. Empty: no piece arrived in time, or it was cancelled.</summary>
    public IReadOnlyList<TranscriptionPiece> Take(TimeSpan patience)
    {
        var batch = new List<TranscriptionPiece>();
        if (!pieces.Wait(patience))
            return batch;
        lock (gate)
        {
            foreach (var line in Lines())
            {
                if (batch.Count == 0 && FirstWaiting(line) is { } first)
                {
                    batch.Add(TakeTurn(line, first));
                    AddSimilar(line, batch);
                    liveHadTurn = first.Value.Priority == TranscriptionPriority.Live;
                }
            }
        }
        return batch;
    }

    /// <summary>Refuses new jobs and cancels waiting ones.</summary>
    public void Close()
    {
        TranscriptionJob[] jobs;
        lock (gate)
        {
            closed = true;
            jobs = [.. waiting.SelectMany(w => w)];
        }
        foreach (var job in jobs)
            job.Cancel(CancellationToken.None);
    }

    public void Dispose() => pieces.Dispose();

    LinkedList<TranscriptionJob>[] Lines()
    {
        var (live, requests) = (waiting[(int)TranscriptionPriority.Live], waiting[(int)TranscriptionPriority.Request]);
        return [liveHadTurn ? requests : live, liveHadTurn ? live : requests, waiting[(int)TranscriptionPriority.Stream]];
    }

    static LinkedListNode<TranscriptionJob>? FirstWaiting(LinkedList<TranscriptionJob> line)
    {
        for (var node = line.First; node is not null;)
        {
            var following = node.Next;
            if (node.Value.HasWaiting)
                return node;
            if (!node.Value.IsOpen)
                line.Remove(node);
            node = following;
        }
        return null;
    }

    static TranscriptionPiece TakeTurn(LinkedList<TranscriptionJob> line, LinkedListNode<TranscriptionJob> node)
    {
        var job = node.Value;
        var piece = job.Take();
        line.Remove(node);
        if (job.HasWaiting || job.IsOpen)
            line.AddLast(job);
        return piece;
    }

    void AddSimilar(LinkedList<TranscriptionJob> line, List<TranscriptionPiece> batch)
    {
        if (batch[0].Job.Step is not null)
            return;
        var (model, hotWords, maxSamples) = (batch[0].Job.Model, batch[0].Job.HotWords, batch[0].Samples.Length);
        var room = options.BatchSamples - maxSamples;
        for (var node = line.First; node is not null;)
        {
            var (job, following) = (node.Value, node.Next);
            if (job.HasWaiting && ReferenceEquals(job.Model, model) && ReferenceEquals(job.HotWords, hotWords) && job.WaitingSamples <= room
                && job.WaitingSamples <= maxSamples && job.WaitingSamples >= maxSamples * SimilarLength)
            {
                room -= job.WaitingSamples;
                batch.Add(TakeTurn(line, node));
                pieces.Wait(0); // takes its permit; a worker with a permit too many gets an empty batch
            }
            node = following;
        }
    }
}
