using System.Threading.Channels;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>
/// One recording to transcribe with one version, in pieces of at most 20 s that several workers may take. It may be open: more pieces come
/// while the first are transcribed. Thread-safe; pieces are added and taken under the queue's lock.
/// </summary>
sealed class TranscriptionJob(ServingModel model, TranscriptionPriority priority)
{
    readonly Lock gate = new();
    readonly Queue<TranscriptionPiece> waiting = new();
    readonly HashSet<TranscriptionPiece> unfinished = [];
    readonly Channel<TranscriptionPiece> inOrder = Channel.CreateUnbounded<TranscriptionPiece>();
    readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    double secondsTaken;
    bool ended; // cancelled or failed

    /// <param name="pieces">All of them; 16 kHz mono PCM16.</param>
    public TranscriptionJob(ServingModel model, IReadOnlyList<ReadOnlyMemory<short>> pieces, TranscriptionPriority priority)
        : this(model, priority)
    {
        foreach (var samples in pieces)
            Add(0, samples);
        Close();
    }

    /// <summary>A step of a live utterance.</summary>
    /// <param name="samples">New in this step; may be empty.</param>
    /// <param name="step">Run by a worker in place of <see cref="ModelLease.Run"/>; its result is the caller's matter.</param>
    public TranscriptionJob(ServingModel model, ReadOnlyMemory<short> samples, Action step)
        : this(model, [samples], TranscriptionPriority.Live) => Step = step;

    public ServingModel Model => model;
    public TranscriptionPriority Priority => priority;
    /// <summary>Words to favour.</summary>
    public IReadOnlyList<string> HotWords { get; init; } = [];
    internal Action? Step { get; }
    /// <summary>Of the whole recording, as far as it is known.</summary>
    public double ExpectedSeconds { get; init; }
    /// <summary>Completes when every piece of the whole recording is done, or one has failed.</summary>
    public Task Completion => completion.Task;
    /// <summary>Whether more pieces may come.</summary>
    public bool IsOpen { get; private set; } = true;
    /// <summary>Whether there are pieces that no worker has taken.</summary>
    internal bool HasWaiting => Locked(() => waiting.Count > 0);
    internal int WaitingCount => Locked(() => waiting.Count);
    internal int WaitingSamples => Locked(() => waiting.Peek().Samples.Length);
    internal double WaitingSeconds => Locked(() => ended ? 0
        : Math.Max(waiting.Sum(p => AudioFormat.SecondsOf(p.Samples.Length)), IsOpen ? ExpectedSeconds - secondsTaken : 0));

    /// <summary>The pieces in their order, as they are added; each has its text when it is done.</summary>
    public IAsyncEnumerable<TranscriptionPiece> PiecesAsync() => inOrder.Reader.ReadAllAsync();

    /// <param name="start">In samples from the start of the recording.</param>
    internal void Add(long start, ReadOnlyMemory<short> samples) => Locked(() =>
    {
        if (ended)
            return false;
        var piece = new TranscriptionPiece(this, start, samples);
        unfinished.Add(piece);
        waiting.Enqueue(piece);
        return inOrder.Writer.TryWrite(piece);
    });

    /// <summary>No more pieces come.</summary>
    internal void Close()
    {
        IsOpen = false;
        inOrder.Writer.TryComplete();
        if (Locked(() => unfinished.Count == 0 && !ended))
            completion.TrySetResult();
    }

    internal TranscriptionPiece Take() => Locked(() =>
    {
        var piece = waiting.Dequeue();
        secondsTaken += AudioFormat.SecondsOf(piece.Samples.Length);
        return piece;
    });

    internal void Complete(TranscriptionPiece piece, Transcription result)
    {
        if (Locked(() => unfinished.Remove(piece) && unfinished.Count == 0 && !IsOpen))
            completion.TrySetResult();
        piece.Done.TrySetResult(result);
    }

    internal void Fail(Exception reason) => End(piece => piece.TrySetException(reason), reason);
    internal void Cancel(CancellationToken ct) => End(piece => piece.TrySetCanceled(ct), new OperationCanceledException(ct));

    void End(Action<TaskCompletionSource<Transcription>> end, Exception reason)
    {
        var pieces = Locked(() =>
        {
            ended = true;
            IsOpen = false;
            waiting.Clear();
            return unfinished.ToArray();
        });
        foreach (var piece in pieces)
            end(piece.Done);
        inOrder.Writer.TryComplete(reason);
        if (reason is OperationCanceledException)
            completion.TrySetCanceled(CancellationToken.None);
        else
            completion.TrySetException(reason);
    }

    T Locked<T>(Func<T> read)
    {
        lock (gate)
            return read();
    }
}

/// <summary>Who waits for the answer: a live session, a request, or nobody.</summary>
enum TranscriptionPriority { Live, Request, Stream }
