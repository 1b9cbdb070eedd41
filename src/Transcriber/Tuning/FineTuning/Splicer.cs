using Ssl.Shared.Speech.Decoding;
using TorchSharp;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Splices utterances from runs of words of several recordings (aligned data augmentation, arXiv 2104.01393); otherwise a model with few
/// labels memorises whole sentences. Words are cut at the best alignment of the text with the model's output. Used by one thread.
/// </summary>
/// <param name="maxWords">Maximum length of a run.</param>
sealed class Splicer(Vocabulary vocabulary, int maxWords) : IDisposable
{
    /// <summary>Capacity of the ring buffer of last uses to splice from; about 15 minutes, 30 MB of log-mel.</summary>
    internal const int MaxRecordings = 200;

    const int MaxTries = 200;
    const double MinFilled = 0.7;

    readonly Queue<Spoken> recordings = [];

    /// <summary>Adds the recordings of a batch with their words; one with too few frames for its text is skipped.</summary>
    /// <param name="logits">The model's output for the batch. [B, T, V]</param>
    public void Add(TrainingBatch batch, Tensor logits)
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
            recordings.Enqueue(new Spoken(features.alias().DetachFromDisposeScope(),
                new SpokenWords([.. words.Select(word => word.Word)], Cuts(words, frames))));
            if (recordings.Count > MaxRecordings)
                recordings.Dequeue().Features.Dispose();
        }
    }

    /// <summary>Splices one utterance.</summary>
    /// <param name="maxLength">In frames, or in samples of a waveform; at least 70 % of it is filled.</param>
    /// <returns>Null: the words do not fill that much. The features belong to the caller's dispose scope.</returns>
    public (Tensor Features, string Text)? Next(long maxLength, Random random)
    {
        var (candidates, pieces, words, filled) = (recordings.ToArray(), new List<Tensor>(), new List<string>(), 0L);
        for (var tries = 0; tries < MaxTries && candidates.Length > 0 && filled < MinFilled * maxLength; tries++)
        {
            var recording = candidates[random.Next(candidates.Length)];
            var said = recording.Words.Words;
            var first = random.Next(said.Length);
            var end = Math.Min(first + 1 + random.Next(maxWords), said.Length);
            var (from, to) = (recording.At(first), recording.At(end));
            if (to <= from || filled + to - from > maxLength)
                continue;
            pieces.Add(recording.Features.narrow(0, from, to - from));
            words.AddRange(said[first..end]);
            filled += to - from;
        }
        return filled >= MinFilled * maxLength && filled > 0 ? (cat(pieces), string.Join(' ', words)) : null;
    }

    /// <summary>What may be spliced from, oldest first; the tensors belong to the splicer.</summary>
    public IEnumerable<Spoken> Recordings => recordings;

    /// <summary>Takes over recordings that another splicer had.</summary>
    public void Load(IEnumerable<Spoken> saved)
    {
        foreach (var recording in saved)
            recordings.Enqueue(recording with { Features = recording.Features.DetachFromDisposeScope() });
    }

    public void Dispose()
    {
        foreach (var recording in recordings)
            recording.Features.Dispose();
    }

    /// <summary>Words are cut in the middle between the end of one and the start of the next.</summary>
    static double[] Cuts(IReadOnlyList<DecodedWord> words, int frames) =>
        [0, .. words.Zip(words.Skip(1), (word, next) => (word.EndFrame + next.StartFrame) / 2.0 / frames), 1];
}

/// <summary>A recording to splice from.</summary>
/// <param name="Features">[T, C], or [S] of a waveform.</param>
sealed record Spoken(Tensor Features, SpokenWords Words)
{
    public long At(int cut) => (long)Math.Round(Words.Cuts[cut] * Features.shape[0]);
}

/// <param name="Cuts">Start of each word and end of the last, as shares of the length.</param>
sealed record SpokenWords(string[] Words, double[] Cuts);
