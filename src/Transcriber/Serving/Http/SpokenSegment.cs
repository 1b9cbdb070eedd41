using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Transcriber.Serving.Http;

/// <summary>Words that one subtitle shows.</summary>
sealed record SpokenSegment(double StartSeconds, double EndSeconds, string Text)
{
    const double MaxSeconds = 7; // how long a subtitle may stand, by common broadcasting rules
    const double PauseSeconds = 0.8;

    /// <summary>Cuts where the speaker pauses, and before a segment exceeds 7 s.</summary>
    public static IReadOnlyList<SpokenSegment> Of(IReadOnlyList<TranscribedWord> words)
    {
        var segments = new List<SpokenSegment>();
        var first = 0;
        for (var next = 1; next <= words.Count; next++)
        {
            if (next < words.Count && words[next].StartSeconds - words[next - 1].EndSeconds <= PauseSeconds
                && words[next].EndSeconds - words[first].StartSeconds <= MaxSeconds)
                continue;
            var text = string.Join(' ', words.Skip(first).Take(next - first).Select(w => w.Word));
            segments.Add(new SpokenSegment(words[first].StartSeconds, words[next - 1].EndSeconds, text));
            first = next;
        }
        return segments;
    }
}
