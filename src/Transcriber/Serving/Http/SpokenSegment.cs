using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Words that belong together, as a subtitle shows them.</summary>
sealed record SpokenSegment(double StartSeconds, double EndSeconds, string Text)
{
    const double LongestSeconds = 7; // what one subtitle may stand for, by common broadcasting rules
    const double PauseSeconds = 0.8;

    /// <summary>Cut where the speaker pauses, and before a segment grows too long to read at once.</summary>
    public static IReadOnlyList<SpokenSegment> Of(IReadOnlyList<TranscribedWord> words)
    {
        var segments = new List<SpokenSegment>();
        var first = 0;
        for (var next = 1; next <= words.Count; next++)
        {
            var ends = next == words.Count || words[next].StartSeconds - words[next - 1].EndSeconds > PauseSeconds
                || words[next].EndSeconds - words[first].StartSeconds > LongestSeconds;
            if (!ends)
                continue;
            segments.Add(new SpokenSegment(words[first].StartSeconds, words[next - 1].EndSeconds, string.Join(' ', words.Skip(first).Take(next - first).Select(w => w.Word))));
            first = next;
        }
        return segments;
    }
}
