namespace Ssl.Shared.Speech.Decoding;

/// <summary>When each word of a known text was spoken: the most probable alignment of its labels (Viterbi; Graves 2006, section 4.1, with the maximum for the sum).</summary>
public static class CtcAlignment
{
    /// <summary>Whether there are frames enough: one a label, and a blank between two alike.</summary>
    /// <param name="labels">Without blanks.</param>
    public static bool Fits(ReadOnlySpan<int> labels, int frames)
    {
        var alike = 0;
        for (var i = 1; i < labels.Length; i++)
            alike += labels[i] == labels[i - 1] ? 1 : 0;
        return labels.Length + alike <= frames;
    }

    /// <param name="logProbabilities">[T, V], row-major.</param>
    /// <param name="labels">Without blanks; they must fit into T frames, as the result of a search over the same frames does.</param>
    public static IReadOnlyList<DecodedWord> Words(ReadOnlySpan<float> logProbabilities, int[] labels, Vocabulary vocabulary) => Words(logProbabilities, labels, vocabulary, out _);

    /// <inheritdoc cref="Words(ReadOnlySpan{float}, int[], Vocabulary)"/>
    /// <param name="logProbability">Of that alignment.</param>
    public static IReadOnlyList<DecodedWord> Words(ReadOnlySpan<float> logProbabilities, int[] labels, Vocabulary vocabulary, out double logProbability)
    {
        var words = new List<DecodedWord>();
        logProbability = 0;
        if (labels.Length == 0)
            return words;
        var frames = Frames(logProbabilities, labels, vocabulary.Size, out logProbability);
        for (var first = 0; first < labels.Length;)
        {
            var behind = Array.IndexOf(labels, vocabulary.DelimiterLabel, first);
            behind = behind < 0 ? labels.Length : behind;
            if (behind > first)
                words.Add(new DecodedWord(string.Concat(labels[first..behind].Select(label => vocabulary.Tokens[label])), frames[first].First, frames[behind - 1].Last + 1));
            first = behind + 1;
        }
        return words;
    }

    /// <summary>First and last frame of each label. Places 0, 2, 4, ... of a path are blanks, 1, 3, 5, ... the labels.</summary>
    static (int First, int Last)[] Frames(ReadOnlySpan<float> logProbabilities, int[] labels, int width, out double logProbability)
    {
        var (count, places) = (logProbabilities.Length / width, 2 * labels.Length + 1);
        var (score, before) = (new double[places], new double[places]);
        var steps = new byte[count * places];
        Array.Fill(before, double.NegativeInfinity);
        before[0] = 0;
        for (var frame = 0; frame < count; frame++)
        {
            var row = logProbabilities.Slice(frame * width, width);
            for (var place = 0; place < places; place++)
            {
                var (best, step) = (before[place], 0);
                if (place > 0 && before[place - 1] > best)
                    (best, step) = (before[place - 1], 1);
                if (place % 2 == 1 && place > 1 && labels[place / 2] != labels[place / 2 - 1] && before[place - 2] > best)
                    (best, step) = (before[place - 2], 2);
                score[place] = best + row[place % 2 == 0 ? Vocabulary.BlankLabel : labels[place / 2]];
                steps[frame * places + place] = (byte)step;
            }
            (score, before) = (before, score);
        }
        var found = new (int First, int Last)[labels.Length];
        Array.Fill(found, (int.MaxValue, -1));
        var at = before[places - 1] > before[places - 2] ? places - 1 : places - 2;
        logProbability = before[at];
        for (var frame = count - 1; frame >= 0; at -= steps[frame * places + at], frame--)
        {
            if (at % 2 == 1)
                found[at / 2] = (frame, Math.Max(frame, found[at / 2].Last));
        }
        return found;
    }
}
