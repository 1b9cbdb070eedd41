using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Labels;
using Ssl.Transcriber.Tuning.PseudoLabelling;

namespace Ssl.Transcriber.Tests.Tuning.PseudoLabelling;

public sealed class LabelledAudioTests
{
    readonly Utterance labelled = new("long", Tones.Utterances(30, seed: 1).SelectMany(u => u.Samples.ToArray()).ToArray());

    [Fact]
    public void A_labelled_recording_is_known_again_whole_or_cut()
    {
        var audio = new LabelledAudio([labelled]);
        Assert.True(audio.Holds(labelled));
        Assert.All(Cut(labelled.Samples.Span), segment => Assert.True(audio.Holds(labelled with { Samples = segment.Samples })));
    }

    /// <summary>As Ingest does.</summary>
    static List<CutSegment> Cut(ReadOnlySpan<short> samples)
    {
        var cutter = new SilenceCutter();
        List<CutSegment> segments = [.. cutter.Push(samples)];
        if (cutter.Flush() is { } last)
            segments.Add(last);
        Assert.True(segments.Count > 1);
        return segments;
    }

    [Fact]
    public void Other_speech_and_silence_are_not()
    {
        var audio = new LabelledAudio([labelled, new Utterance("silent", new short[32_000])]);
        Assert.All(Tones.Utterances(5, seed: 2), other => Assert.False(audio.Holds(other)));
        Assert.False(audio.Holds(new Utterance("quiet", new short[32_000])));
    }
}
