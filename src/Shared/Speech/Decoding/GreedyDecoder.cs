using System.Text;

namespace Ssl.Shared.Speech.Decoding;

/// <summary>The best label of each frame, repetitions merged, blanks dropped (Graves 2006, section 3.2), with the frames of each word.</summary>
public static class GreedyDecoder
{
    /// <param name="labels">The best label of each frame.</param>
    public static IReadOnlyList<DecodedWord> Decode(ReadOnlySpan<long> labels, Vocabulary vocabulary)
    {
        var words = new List<DecodedWord>();
        var spelled = new StringBuilder();
        var (previous, start, end) = (-1L, 0, 0);
        for (var frame = 0; frame < labels.Length; frame++)
        {
            var label = labels[frame];
            var repeated = label == previous;
            previous = label;
            if (label == vocabulary.DelimiterLabel)
                Close();
            else if (vocabulary.IsSpoken((int)label))
            {
                if (spelled.Length == 0)
                    start = frame;
                if (!repeated)
                    spelled.Append(vocabulary.Tokens[(int)label]);
                end = frame + 1;
            }
        }
        Close();
        return words;

        void Close()
        {
            if (spelled.Length > 0)
                words.Add(new DecodedWord(spelled.ToString(), start, end));
            spelled.Clear();
        }
    }
}
