using Ssl.Shared.Speech.Decoding;
using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Recognition;
using Ssl.Transcriber.Tuning.Gate;

namespace Ssl.Transcriber.Tests.Tuning.Gate;

/// <summary>Recordings, and recognizers that hear given texts in them; a recording is known by where its samples are.</summary>
static class HeardTexts
{
    const int SamplesALetter = 1600;

    /// <summary>As long as somebody needs to say it, each by a little more than the one before.</summary>
    public static LabelledUtterance Said(string text, int number, string? speaker = null, string? domain = null) =>
        new($"recording {number}", text, new short[SamplesALetter * (text.Length + 1) + number]) { Speaker = speaker, Domain = domain };

    public static GateSubject Hearing(IEnumerable<(LabelledUtterance Recording, string Text)> table, double confidence = 0.9)
    {
        var texts = table.ToDictionary(row => row.Recording.Samples, row => row.Text);
        return new GateSubject(Transcribe, WeightBytes: 1000);

        IReadOnlyList<Transcription> Transcribe(IReadOnlyList<ReadOnlyMemory<short>> clips, TextReading reading) =>
            [.. clips.Select(clip => new Transcription(texts[clip], [], confidence))];
    }
}
