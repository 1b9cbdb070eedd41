using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>A recording that the workers transcribe: its pieces in order as they are done, or all of it. Read once.</summary>
sealed class RunningTranscription : IAsyncDisposable
{
    readonly TranscriptionJob job;
    readonly List<int> lengths = []; // of the pieces that were read, in samples
    readonly SemaphoreSlim room = new(0); // for pieces that are not read
    readonly CancellationTokenSource stopping;
    readonly Task feeding;

    /// <summary>All pieces are in the job.</summary>
    public RunningTranscription(TranscriptionJob job)
    {
        (this.job, stopping, feeding) = (job, new CancellationTokenSource(), Task.CompletedTask);
    }

    /// <param name="feed">Adds pieces to the job, each after it has waited for room. Ends without an exception.</param>
    public RunningTranscription(TranscriptionJob job, int maxAhead, Func<SemaphoreSlim, CancellationToken, Task> feed, CancellationToken ct)
    {
        (this.job, stopping) = (job, CancellationTokenSource.CreateLinkedTokenSource(ct));
        room.Release(maxAhead);
        feeding = feed(room, stopping.Token);
    }

    /// <summary>Times of words count from the start of the recording.</summary>
    public async IAsyncEnumerable<Transcription> PiecesAsync()
    {
        await foreach (var piece in job.PiecesAsync())
        {
            var (text, offset) = (await piece.Result, piece.Start / (double)AudioFormat.SampleRateHz);
            lengths.Add(piece.Samples.Length);
            room.Release();
            yield return text with
            {
                Words = [.. text.Words.Select(w => w with { StartSeconds = w.StartSeconds + offset, EndSeconds = w.EndSeconds + offset })],
            };
        }
    }

    public async Task<Transcription> WholeAsync()
    {
        var pieces = new List<Transcription>();
        await foreach (var piece in PiecesAsync())
            pieces.Add(piece);
        return Join(pieces);
    }

    /// <summary>The text of the pieces that were read; confidence is weighted by their lengths.</summary>
    public Transcription Join(IReadOnlyList<Transcription> pieces)
    {
        if (pieces.Count == 0)
            return new Transcription("", [], 1);
        var (sum, samples) = (0.0, 0.0);
        foreach (var (piece, length) in pieces.Zip(lengths))
            (sum, samples) = (sum + piece.Confidence * length, samples + length);
        var text = string.Join(' ', pieces.Select(p => p.Text).Where(t => t.Length > 0));
        return new Transcription(text, [.. pieces.SelectMany(p => p.Words)], sum / samples);
    }

    /// <summary>Cancels what is not done.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (!job.Completion.IsCompleted)
            job.Cancel(stopping.Token);
        await feeding;
        stopping.Dispose();
        room.Dispose();
    }
}
