using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>Transcribes recordings of any length: cut at silences, transcribed in pieces by the workers, joined.</summary>
sealed class AudioTranscription(TranscriptionQueue queue, ServingOptions options)
{
    const int MaxPieceSamples = 20 * AudioFormat.SampleRateHz;

    /// <param name="samples">16 kHz mono PCM16; not empty.</param>
    /// <param name="hotWords">Words to favour.</param>
    /// <returns>Null: the queue is full. The caller keeps its lease until all pieces are done.</returns>
    public RunningTranscription? TryStart(
        ServingModel model, ReadOnlyMemory<short> samples, TranscriptionPriority priority, CancellationToken ct,
        IReadOnlyList<string>? hotWords = null)
    {
        var job = Job(model, priority, hotWords, AudioFormat.SecondsOf(samples.Length));
        foreach (var (start, piece) in Pieces(samples))
            job.Add(start, piece);
        job.Close();
        return !job.HasWaiting || queue.TryEnqueue(job, ct) ? new RunningTranscription(job) : null;
    }

    /// <summary>Transcribes while the recording is decoded, which goes on as pieces are read, a few of them ahead.</summary>
    /// <inheritdoc cref="TryStart(ServingModel, ReadOnlyMemory{short}, TranscriptionPriority, CancellationToken, IReadOnlyList{string})"/>
    public RunningTranscription? TryStart(
        ServingModel model, AudioStream audio, TranscriptionPriority priority, CancellationToken ct, IReadOnlyList<string>? hotWords = null)
    {
        var job = Job(model, priority, hotWords, audio.ExpectedSeconds ?? 0);
        return queue.TryEnqueue(job, ct)
            ? new RunningTranscription(job, MaxAhead, (room, stopping) => FeedAsync(job, audio, room, stopping), ct) : null;
    }

    int MaxAhead => 2 * options.WorkerThreads + 4; // pieces that are not read: every worker has one to do and one to go on with

    static TranscriptionJob Job(ServingModel model, TranscriptionPriority priority, IReadOnlyList<string>? hotWords, double seconds) =>
        new(model, priority) { HotWords = hotWords is { Count: > 0 } ? hotWords : [], ExpectedSeconds = seconds };

    async Task FeedAsync(TranscriptionJob job, AudioStream audio, SemaphoreSlim room, CancellationToken ct)
    {
        try
        {
            var cutter = audio.Result is { } whole && whole.SampleCount <= MaxPieceSamples ? null : new SilenceCutter();
            var windows = new List<short[]>();
            await foreach (var window in audio.WindowsAsync(ct))
            {
                if (cutter is null)
                    windows.Add(window);
                else
                    await AddAsync(cutter.Push(window));
            }
            if (audio.Result is { Ok: false } refusal)
                throw new UnusableAudioException(refusal.Detail);
            await AddAsync(cutter?.Flush() is { } last ? [last]
                : windows.Count > 0 ? [new CutSegment(0, windows is [var only] ? only : [.. windows.SelectMany(s => s)], 0)] : []);
            queue.Close(job);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            job.Cancel(ct);
        }
        catch (Exception e) // whoever reads the pieces gets it
        {
            job.Fail(e);
        }

        async Task AddAsync(IEnumerable<CutSegment> pieces)
        {
            foreach (var piece in pieces)
            {
                await room.WaitAsync(ct);
                queue.Add(job, piece.Start, piece.Samples);
            }
        }
    }

    /// <summary>Whole, or cut at silences; none where there is no speech.</summary>
    public static IReadOnlyList<(long Start, ReadOnlyMemory<short> Samples)> Pieces(ReadOnlyMemory<short> samples) =>
        samples.Length <= MaxPieceSamples ? [(0L, samples)] : Cut(samples);

    static List<(long Start, ReadOnlyMemory<short> Samples)> Cut(ReadOnlyMemory<short> samples)
    {
        var cutter = new SilenceCutter();
        List<CutSegment> pieces = [.. cutter.Push(samples.Span)];
        if (cutter.Flush() is { } last)
            pieces.Add(last);
        return [.. pieces.Select(p => (p.Start, (ReadOnlyMemory<short>)p.Samples))];
    }
}

/// <summary>A recording turned out to be unusable after some of it was transcribed.</summary>
sealed class UnusableAudioException(string reason) : Exception(reason);
