using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.Recipes;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>
/// Cuts long recordings between words. Attention costs the square of the length, and whole sentences are memorised: pieces of five seconds,
/// as in pretraining, take two thirds of the time and lower the error (docs/lab).
/// </summary>
static class WordCuts
{
    const double AlignedSeconds = 40; // in a batch

    /// <summary>Words of long recordings by their index, where they align at a cost below
    /// <see cref="FineTuningRecipe.WordsBelowLoss"/>.</summary>
    /// <param name="aligner">Null: none is aligned.</param>
    /// <param name="goOn">Called before each batch to align, the longest recordings first; false: the rest stays whole.</param>
    public static IReadOnlyDictionary<int, IReadOnlyList<TranscribedWord>> Align(
        IReadOnlyList<LabelledUtterance> recordings, Recognizer? aligner, FineTuningRecipe recipe, Func<bool> goOn)
    {
        LabelledUtterance[] unknown = [.. recordings.Where(r => r.Words is null && r.DurationSeconds > MaxSeconds(recipe))];
        var found = aligner is null ? [] : Align(unknown, aligner, recipe.WordsBelowLoss, goOn);
        return recordings.Index().Where(r => found.ContainsKey(r.Item)).ToDictionary(r => r.Index, r => found[r.Item]);
    }

    /// <summary>Cuts recordings whose words are known, or were <paramref name="aligned"/>.</summary>
    /// <returns>The pieces of each recording, or the recording itself.</returns>
    public static IEnumerable<IReadOnlyList<LabelledUtterance>> Of(
        IReadOnlyList<LabelledUtterance> recordings, IReadOnlyDictionary<int, IReadOnlyList<TranscribedWord>> aligned,
        FineTuningRecipe recipe) =>
        recordings.Select((r, i) => Of(r, r.Words ?? aligned.GetValueOrDefault(i, []), MaxSeconds(recipe)));

    static double MaxSeconds(FineTuningRecipe recipe) => recipe.PieceSeconds > 0 ? recipe.PieceSeconds : double.PositiveInfinity;

    /// <param name="words">Of its text, in order.</param>
    /// <param name="maxSeconds">Maximum length of a piece; a single word with the pauses around it may be longer.</param>
    /// <returns>Pieces of about equal length that make up the recording; the recording itself if it is short or one word.</returns>
    public static IReadOnlyList<LabelledUtterance> Of(LabelledUtterance recording, IReadOnlyList<TranscribedWord> words, double maxSeconds)
    {
        if (recording.DurationSeconds <= maxSeconds || words.Count < 2)
            return [recording];
        var between = words.Zip(words.Skip(1), (word, next) => (word.EndSeconds + next.StartSeconds) / 2);
        double[] borders = [0, .. between, recording.DurationSeconds]; // before each word, and after the last
        var pieces = new List<LabelledUtterance>();
        for (var (first, end) = (0, 0); first < words.Count; first = end)
        {
            end = End(borders, first, maxSeconds);
            pieces.Add(Piece(recording, words, borders, first, end));
        }
        return pieces;
    }

    static Dictionary<LabelledUtterance, IReadOnlyList<TranscribedWord>> Align(
        LabelledUtterance[] recordings, Recognizer aligner, double maxCost, Func<bool> goOn)
    {
        var words = new Dictionary<LabelledUtterance, IReadOnlyList<TranscribedWord>>(ReferenceEqualityComparer.Instance);
        foreach (var batch in LengthBatches.Of(recordings, AlignedSeconds).TakeWhile(_ => goOn()))
        {
            var alignments = aligner.Align([.. batch.Select(r => r.Samples)], [.. batch.Select(r => r.Text)]);
            foreach (var (recording, alignment) in batch.Zip(alignments).Where(pair => pair.Second?.Cost < maxCost))
                words[recording] = alignment!.Words;
        }
        return words;
    }

    /// <summary>The border nearest to the end of the next piece if the rest is cut into as few equal parts as possible.</summary>
    static int End(double[] borders, int first, double maxSeconds)
    {
        var left = borders[^1] - borders[first];
        var wished = borders[first] + left / Math.Ceiling(left / maxSeconds);
        var ends = Enumerable.Range(first + 1, borders.Length - 1 - first);
        return ends.Where(end => borders[end] - borders[first] <= maxSeconds).DefaultIfEmpty(first + 1)
            .MinBy(end => Math.Abs(borders[end] - wished));
    }

    static LabelledUtterance Piece(LabelledUtterance recording, IReadOnlyList<TranscribedWord> words, double[] borders, int first, int end)
    {
        var text = string.Join(' ', words.Skip(first).Take(end - first).Select(w => w.Word));
        return recording with { Text = text, Samples = recording.Samples[At(first)..At(end)], Words = null };

        int At(int border) => border == borders.Length - 1 ? recording.Samples.Length : (int)(borders[border] * AudioFormat.SampleRateHz);
    }
}
