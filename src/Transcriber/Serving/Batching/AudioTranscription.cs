using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Serving.Models;

namespace Ssl.Transcriber.Serving.Batching;

/// <summary>Recordings of any length: cut at silences into pieces that the recognizer takes, transcribed by the workers, joined again.</summary>
sealed class AudioTranscription(TranscriptionQueue queue)
{
    /// <summary>Of a long recording without any speech.</summary>
    static readonly Transcription Silence = new("", [], 1);

    const int LongestPieceSamples = 20 * AudioFormat.SampleRateHz;

    /// <summary>Null: the queue is full. The caller keeps its lease until the task has ended.</summary>
    /// <param name="samples">16 kHz mono PCM16; not empty.</param>
    public Task<Transcription>? TryStart(ServingModel model, ReadOnlyMemory<short> samples, TranscriptionPriority priority, CancellationToken ct)
    {
        if (samples.Length <= LongestPieceSamples)
            return StartWhole(model, samples, priority, ct);
        var pieces = Cut(samples);
        if (pieces.Count == 0)
            return Task.FromResult(Silence);
        var job = new TranscriptionJob(model, [.. pieces.Select(p => (ReadOnlyMemory<short>)p.Samples)], priority);
        return queue.TryEnqueue(job, ct) ? JoinAsync(job, pieces) : null;
    }

    Task<Transcription>? StartWhole(ServingModel model, ReadOnlyMemory<short> samples, TranscriptionPriority priority, CancellationToken ct)
    {
        var job = new TranscriptionJob(model, [samples], priority);
        return queue.TryEnqueue(job, ct) ? FirstAsync(job) : null;

        static async Task<Transcription> FirstAsync(TranscriptionJob job) => (await job.Completion)[0];
    }

    static async Task<Transcription> JoinAsync(TranscriptionJob job, List<CutSegment> pieces)
    {
        var heard = await job.Completion;
        var words = new List<TranscribedWord>();
        var confidence = 0.0;
        for (var i = 0; i < heard.Count; i++)
        {
            var offset = pieces[i].Start / (double)AudioFormat.SampleRateHz;
            words.AddRange(heard[i].Words.Select(w => w with { StartSeconds = w.StartSeconds + offset, EndSeconds = w.EndSeconds + offset }));
            confidence += heard[i].Confidence * pieces[i].Samples.Length;
        }
        return new Transcription(string.Join(' ', heard.Select(h => h.Text).Where(t => t.Length > 0)), words, confidence / pieces.Sum(p => (double)p.Samples.Length));
    }

    static List<CutSegment> Cut(ReadOnlyMemory<short> samples)
    {
        var cutter = new SilenceCutter();
        List<CutSegment> pieces = [.. cutter.Push(samples.Span)];
        if (cutter.Flush() is { } last)
            pieces.Add(last);
        return pieces;
    }
}
