using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>
/// One audio to transcribe with one version: pieces of at most 20 s, which may be worked on at the same time, and beside those of others.
/// </summary>
sealed class TranscriptionJob
{
    readonly TaskCompletionSource<IReadOnlyList<Transcription>> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Transcription[] results;
    int next;
    int open;

    /// <param name="pieces">At least one; 16 kHz mono PCM16.</param>
    public TranscriptionJob(ServingModel model, IReadOnlyList<ReadOnlyMemory<short>> pieces, TranscriptionPriority priority)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pieces.Count);
        (Model, Pieces, Priority) = (model, pieces, priority);
        results = new Transcription[pieces.Count];
        open = pieces.Count;
    }

    public ServingModel Model { get; }

    public IReadOnlyList<ReadOnlyMemory<short>> Pieces { get; }

    public TranscriptionPriority Priority { get; }

    /// <summary>Texts of the pieces, in order.</summary>
    public Task<IReadOnlyList<Transcription>> Completion => completion.Task;

    /// <summary>Nobody wants it any more, or it has failed.</summary>
    public bool IsOver => completion.Task.IsCompleted;

    /// <summary>Pieces that no worker has taken; only the queue, under its lock, asks and takes.</summary>
    internal bool HasWaiting => next < Pieces.Count && !IsOver;

    internal int WaitingSamples => Pieces[next].Length;

    internal TranscriptionPiece Take() => new(this, next++);

    internal void Complete(int piece, Transcription result)
    {
        results[piece] = result;
        if (Interlocked.Decrement(ref open) == 0)
            completion.TrySetResult(results);
    }

    internal void Fail(Exception reason) => completion.TrySetException(reason);

    internal void Cancel(CancellationToken ct) => completion.TrySetCanceled(ct);
}
