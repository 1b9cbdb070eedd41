using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Speech.Labels;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

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

    [Theory]
    [InlineData(7_201, 1_600)] // the last that holds the window from 8,000 to 8,800
    [InlineData(7_777, 1_600)]
    [InlineData(12_345, 16_000)]
    public void A_part_of_it_is_found_wherever_it_lies_in_other_speech(int first, int count)
    {
        var audio = new LabelledAudio([labelled]);
        short[] other = [.. Tones.Utterances(2, seed: 3).SelectMany(u => u.Samples.ToArray())];
        short[] around = [.. other[..5_001], .. labelled.Samples.Slice(first, count).Span, .. other[5_001..]];
        Assert.True(audio.Holds(new Utterance("around", around)));
        around[5_001 + count / 4] ^= 1; // a single bit in every 50 ms, and it is another recording
        for (var at = 5_001; at < 5_001 + count; at += 400)
            around[at] ^= 1;
        Assert.False(audio.Holds(new Utterance("changed", around)));
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
    public void Its_index_finds_what_it_finds()
    {
        var copy = new LabelledAudio(new LabelledAudio([labelled]).ToIndex());
        Assert.True(copy.Holds(labelled));
        Assert.All(Tones.Utterances(5, seed: 2), other => Assert.False(copy.Holds(other)));
    }

    [Fact]
    public void Other_speech_and_silence_are_not()
    {
        var audio = new LabelledAudio([labelled, new Utterance("silent", new short[32_000])]);
        Assert.All(Tones.Utterances(5, seed: 2), other => Assert.False(audio.Holds(other)));
        Assert.False(audio.Holds(new Utterance("quiet", new short[32_000])));
    }
}
