using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Cuts long recordings between words. Attention costs by the square of a recording's length, and a model that is given few labels many times learns whole sentences by heart:
/// pieces of five seconds, as pretraining hears, take two thirds of the time and leave less of both (docs/lab-notes.md).
/// </summary>
static class WordCuts
{
    const double AlignedSeconds = 40; // at a time

    /// <summary>Those longer than <see cref="FineTuningOptions.PieceSeconds"/> in pieces, where their words are known or the aligner finds them at less than <see cref="FineTuningOptions.WordsBelowLoss"/>.</summary>
    /// <param name="aligner">Null: only what brings its words is cut.</param>
    /// <param name="goOn">Asked before the aligner listens to the next few, the longest first; false: what is left stays whole.</param>
    /// <returns>Of each recording, its pieces; of others, the recording itself.</returns>
    public static IEnumerable<IReadOnlyList<LabelledUtterance>> Of(IReadOnlyList<LabelledUtterance> recordings, Recognizer? aligner, FineTuningOptions options, Func<bool> goOn)
    {
        var most = options.PieceSeconds > 0 ? options.PieceSeconds : double.PositiveInfinity;
        var found = aligner is null ? [] : Align([.. recordings.Where(r => r.Words is null && AudioFormat.SecondsOf(r.Samples.Length) > most)], aligner, options.WordsBelowLoss, goOn);
        return recordings.Select(r => Of(r, r.Words ?? found.GetValueOrDefault(r, []), most));
    }

    /// <param name="words">Of its text, in order.</param>
    /// <param name="mostSeconds">Length of the longest piece, but where a single word and the pause about it are longer.</param>
    /// <returns>Pieces that make up all of the recording, each of at least one word, of about one length; the recording itself where it is short enough or one word.</returns>
    public static IReadOnlyList<LabelledUtterance> Of(LabelledUtterance recording, IReadOnlyList<TranscribedWord> words, double mostSeconds)
    {
        var seconds = AudioFormat.SecondsOf(recording.Samples.Length);
        if (seconds <= mostSeconds || words.Count < 2)
            return [recording];
        double[] borders = [0, .. words.Zip(words.Skip(1), (word, next) => (word.EndSeconds + next.StartSeconds) / 2), seconds]; // before each word, and behind the last
        var pieces = new List<LabelledUtterance>();
        for (var (from, behind) = (0, 0); from < words.Count; from = behind)
        {
            behind = End(borders, from, mostSeconds);
            pieces.Add(Piece(recording, words, borders, from, behind));
        }
        return pieces;
    }

    static Dictionary<LabelledUtterance, IReadOnlyList<TranscribedWord>> Align(LabelledUtterance[] recordings, Recognizer aligner, double mostCost, Func<bool> goOn)
    {
        var words = new Dictionary<LabelledUtterance, IReadOnlyList<TranscribedWord>>(ReferenceEqualityComparer.Instance);
        foreach (var batch in LengthBatches.Of(recordings, AlignedSeconds).TakeWhile(_ => goOn()))
        {
            foreach (var (recording, aligned) in batch.Zip(aligner.Align([.. batch.Select(r => r.Samples)], [.. batch.Select(r => r.Text)])))
            {
                if (aligned?.Cost < mostCost)
                    words[recording] = aligned.Words;
            }
        }
        return words;
    }

    /// <summary>Where the next piece ends: what is left, in as few equal parts as may be, or as near to that as words allow.</summary>
    static int End(double[] borders, int from, double mostSeconds)
    {
        var left = borders[^1] - borders[from];
        var wished = borders[from] + left / Math.Ceiling(left / mostSeconds);
        var ends = Enumerable.Range(from + 1, borders.Length - 1 - from);
        return ends.Where(end => borders[end] - borders[from] <= mostSeconds).DefaultIfEmpty(from + 1).MinBy(end => Math.Abs(borders[end] - wished));
    }

    static LabelledUtterance Piece(LabelledUtterance recording, IReadOnlyList<TranscribedWord> words, double[] borders, int from, int behind)
    {
        return recording with { Text = string.Join(' ', words.Skip(from).Take(behind - from).Select(w => w.Word)), Samples = recording.Samples[At(from)..At(behind)], Words = null };

        int At(int border) => border == borders.Length - 1 ? recording.Samples.Length : (int)(borders[border] * AudioFormat.SampleRateHz);
    }
}
