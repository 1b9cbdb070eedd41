namespace Ssl.Shared.Speech.Decoding;

/// <summary>Word times of a known text, from the most probable alignment of its labels (Viterbi; Graves 2006, section 4.1).</summary>
public static class CtcAlignment
{
    /// <summary>Whether there are enough frames: one for each label, and one for the blank between two equal labels.</summary>
    public static bool Fits(ReadOnlySpan<int> labels, int frames)
    {
        var repeats = 0;
        for (var i = 1; i < labels.Length; i++)
            repeats += labels[i] == labels[i - 1] ? 1 : 0;
        return labels.Length + repeats <= frames;
    }

    /// <param name="logProbabilities">[T, V], row-major.</param>
    /// <param name="labels">Without blanks; must fit into T frames (<see cref="Fits"/>).</param>
    public static IReadOnlyList<DecodedWord> Words(ReadOnlySpan<float> logProbabilities, int[] labels, Vocabulary vocabulary) =>
        Words(logProbabilities, labels, vocabulary, out _);

    /// <inheritdoc cref="Words(ReadOnlySpan{float}, int[], Vocabulary)"/>
    /// <param name="logProbability">Of the alignment.</param>
    public static IReadOnlyList<DecodedWord> Words(
        ReadOnlySpan<float> logProbabilities, int[] labels, Vocabulary vocabulary, out double logProbability)
    {
        var words = new List<DecodedWord>();
        logProbability = 0;
        if (labels.Length == 0)
            return words;
        var frames = Frames(logProbabilities, labels, vocabulary.Size, out logProbability);
        for (var (first, end) = (0, 0); first < labels.Length; first = end + 1)
        {
            end = Array.IndexOf(labels, vocabulary.DelimiterLabel, first);
            end = end < 0 ? labels.Length : end;
            if (end > first)
            {
                var letters = new DecodedLetter[end - first];
                for (var i = first; i < end; i++)
                    letters[i - first] = new(vocabulary.Tokens[labels[i]], Peak(logProbabilities, frames[i], vocabulary.Size, labels[i]));
                var delimiter = first == 0 ? 0 : Peak(logProbabilities, frames[first - 1], vocabulary.Size, labels[first - 1]);
                words.Add(new DecodedWord(letters, frames[first].First, frames[end - 1].Last + 1, delimiter));
            }
        }
        return words;
    }

    static double Peak(ReadOnlySpan<float> logProbabilities, (int First, int Last) frames, int width, int label)
    {
        var peak = double.NegativeInfinity;
        for (var frame = frames.First; frame <= frames.Last; frame++)
            peak = Math.Max(peak, logProbabilities[frame * width + label]);
        return peak;
    }

    /// <summary>First and last frame of each label. States 0, 2, 4, ... are blanks, 1, 3, 5, ... the labels.</summary>
    static (int First, int Last)[] Frames(ReadOnlySpan<float> logProbabilities, int[] labels, int width, out double logProbability)
    {
        var (count, states) = (logProbabilities.Length / width, 2 * labels.Length + 1);
        var (scores, previous, steps) = (new double[states], new double[states], new byte[count * states]);
        Array.Fill(previous, double.NegativeInfinity);
        previous[0] = 0;
        for (var frame = 0; frame < count; frame++)
        {
            var row = logProbabilities.Slice(frame * width, width);
            for (var state = 0; state < states; state++)
            {
                var (best, step) = (previous[state], 0);
                if (state > 0 && previous[state - 1] > best)
                    (best, step) = (previous[state - 1], 1);
                if (state % 2 == 1 && state > 1 && labels[state / 2] != labels[state / 2 - 1] && previous[state - 2] > best)
                    (best, step) = (previous[state - 2], 2);
                scores[state] = best + row[state % 2 == 0 ? Vocabulary.BlankLabel : labels[state / 2]];
                steps[frame * states + state] = (byte)step;
            }
            (scores, previous) = (previous, scores);
        }
        var spans = new (int First, int Last)[labels.Length];
        Array.Fill(spans, (int.MaxValue, -1));
        var at = previous[states - 1] > previous[states - 2] ? states - 1 : states - 2;
        logProbability = previous[at];
        for (var frame = count - 1; frame >= 0; at -= steps[frame * states + at], frame--)
        {
            if (at % 2 == 1)
                spans[at / 2] = (frame, Math.Max(frame, spans[at / 2].Last));
        }
        return spans;
    }
}
