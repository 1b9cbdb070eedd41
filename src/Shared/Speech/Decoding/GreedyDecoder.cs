namespace Ssl.Shared.Speech.Decoding;

/// <summary>Best-path decoding (Graves 2006, section 3.2): the best label of each frame, repetitions merged, blanks dropped.</summary>
static class GreedyDecoder
{
    /// <param name="labels">The best label of each frame.</param>
    /// <param name="logProbabilities">[T, V], row-major.</param>
    public static IReadOnlyList<DecodedWord> Decode(
        ReadOnlySpan<long> labels, ReadOnlySpan<float> logProbabilities, Vocabulary vocabulary)
    {
        var (words, letters) = (new List<DecodedWord>(), new List<DecodedLetter>());
        var (start, end, delimiter) = (0, 0, double.NegativeInfinity);
        for (var frame = 0; frame < labels.Length; frame++)
        {
            var label = (int)labels[frame];
            double score = logProbabilities[frame * vocabulary.Size + label];
            if (label == vocabulary.DelimiterLabel)
            {
                EndWord();
                delimiter = Math.Max(delimiter, score);
            }
            else if (vocabulary.IsSpoken(label))
            {
                if (letters.Count == 0)
                    start = frame;
                if (frame > 0 && labels[frame - 1] == label)
                    letters[^1] = letters[^1] with { LogProbability = Math.Max(letters[^1].LogProbability, score) };
                else
                    letters.Add(new DecodedLetter(vocabulary.Tokens[label], score));
                end = frame + 1;
            }
        }
        EndWord();
        return words;

        void EndWord()
        {
            if (letters.Count == 0)
                return;
            words.Add(new DecodedWord([.. letters], start, end, words.Count == 0 ? 0 : delimiter));
            letters.Clear();
            delimiter = double.NegativeInfinity;
        }
    }
}
