using Ssl.Shared.Foundation.Contracts;
using Ssl.Shared.Speech.Decoding;

namespace Ssl.Shared.Speech.Recognition;

/// <summary>Decoded words with times in place of frames.</summary>
static class TimedWords
{
    /// <param name="words">Of a text, from its first word on.</param>
    public static TranscribedWord[] Of(IEnumerable<DecodedWord> words, double frameSeconds) =>
        [.. words.Select((word, i) => Of(word, frameSeconds, isFirst: i == 0))];

    /// <param name="isFirst">Of its text; the letters of other words begin with the delimiter, as a space.</param>
    public static TranscribedWord Of(DecodedWord word, double frameSeconds, bool isFirst) =>
        new(word.Word, word.StartFrame * frameSeconds, word.EndFrame * frameSeconds)
        {
            Confidence = Math.Exp(word.Letters.Average(l => l.LogProbability)),
            Letters = [.. word.Letters.Select((l, i) => i > 0 || isFirst ? new TranscribedLetter(l.Token, l.LogProbability)
                : new TranscribedLetter(" " + l.Token, l.LogProbability + word.Delimiter))],
        };
}
