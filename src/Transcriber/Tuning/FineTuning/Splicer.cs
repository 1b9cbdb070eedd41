using Ssl.Shared.Speech.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Puts sentences together that nobody spoke, of runs of words from several recordings (after aligned data augmentation, Lam et al. 2021, arXiv 2104.01393): a
/// model that is given few labels many times otherwise learns whole sentences by heart. Words are cut where the model itself, as it is being taught, has them: at the most
/// probable alignment of a recording's text with what it gave when it heard it. Used by one thread.
/// </summary>
/// <param name="mostWords">Words of one piece; 1 to so many.</param>
/// <param name="mostHearings">Pieces come from so many of the last hearings of recordings that are heard often: true labels, where there are pseudo-labels.</param>
sealed class Splicer(Vocabulary vocabulary, int mostWords, int mostHearings = Splicer.MostHearings) : IDisposable
{
    const int MostHearings = 200; // a quarter of an hour or so of pieces: 30 MB of log-mel, in part the same that is kept elsewhere
    const int MostTries = 200;
    const double LeastFilled = 0.7;

    readonly Queue<Spoken> heard = [];

    /// <summary>Remembers the recordings of a batch and where their words lie; a text that does not fit into its frames is passed over.</summary>
    /// <param name="logits">What the model gave for the batch. [B, T, V]</param>
    public void Hear(TrainingBatch batch, Tensor logits)
    {
        if (batch.Recordings.All(recording => recording is null))
            return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var logProbabilities = nn.functional.log_softmax(logits.to(ScalarType.Float32), -1).cpu().contiguous().data<float>().ToArray();
        var (row, width) = ((int)logits.shape[1] * vocabulary.Size, vocabulary.Size);
        for (var i = 0; i < batch.Labels.Count; i++)
        {
            var (frames, labels) = ((int)batch.Speech.FrameCounts[i], batch.Labels[i]);
            if (batch.Recordings[i] is not { } features || !CtcAlignment.Fits(labels, frames))
                continue;
            var words = CtcAlignment.Words(logProbabilities.AsSpan(i * row, frames * width), labels, vocabulary);
            heard.Enqueue(new Spoken(features.alias().DetachFromDisposeScope(), [.. words.Select(word => word.Word)], Cuts(words, frames)));
            if (heard.Count > mostHearings)
                heard.Dequeue().Features.Dispose();
        }
    }

    /// <summary>One sentence.</summary>
    /// <param name="length">About how long it is to be, in frames, or in samples of a waveform; it is never longer.</param>
    /// <returns>Null where what was heard does not fill most of it. The features are the caller's dispose scope's.</returns>
    public (Tensor Features, string Text)? Next(long length, Random random)
    {
        var (recordings, pieces, words, filled) = (heard.ToArray(), new List<Tensor>(), new List<string>(), 0L);
        for (var tries = 0; tries < MostTries && recordings.Length > 0 && filled < LeastFilled * length; tries++)
        {
            var recording = recordings[random.Next(recordings.Length)];
            var first = random.Next(recording.Words.Length);
            var behind = Math.Min(first + 1 + random.Next(mostWords), recording.Words.Length);
            var (from, to) = (recording.At(first), recording.At(behind));
            if (to <= from || filled + to - from > length)
                continue;
            pieces.Add(recording.Features.narrow(0, from, to - from));
            words.AddRange(recording.Words[first..behind]);
            filled += to - from;
        }
        return filled >= LeastFilled * length && filled > 0 ? (cat(pieces), string.Join(' ', words)) : null;
    }

    public void Dispose()
    {
        foreach (var recording in heard)
            recording.Features.Dispose();
    }

    /// <summary>A word ends where the next begins, in the middle between the two.</summary>
    static double[] Cuts(IReadOnlyList<DecodedWord> words, int frames) =>
        [0, .. words.Zip(words.Skip(1), (word, next) => (word.EndFrame + next.StartFrame) / 2.0 / frames), 1];

    /// <param name="Cuts">Where words begin and, last, where the last one ends, as shares of the length.</param>
    sealed record Spoken(Tensor Features, string[] Words, double[] Cuts)
    {
        public long At(int cut) => (long)Math.Round(Cuts[cut] * Features.shape[0]);
    }
}
