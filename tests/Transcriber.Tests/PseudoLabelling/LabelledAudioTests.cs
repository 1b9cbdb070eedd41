using Ssl.Shared.Labels;
using Ssl.Transcriber.PseudoLabelling;

namespace Ssl.Transcriber.Tests.PseudoLabelling;

public sealed class LabelledAudioTests
{
    readonly LabelledUtterance labelled = Tones.Utterances(1, seed: 1)[0];

    [Fact]
    public void A_labelled_recording_is_known_again_whole_or_cut()
    {
        var audio = new LabelledAudio([labelled]);
        Assert.True(audio.Holds(labelled));
        Assert.True(audio.Holds(labelled with { Samples = labelled.Samples[1600..] }));
    }

    [Fact]
    public void Other_speech_and_silence_are_not()
    {
        var audio = new LabelledAudio([labelled, new LabelledUtterance("silent", "", new short[32_000])]);
        Assert.All(Tones.Utterances(5, seed: 2), other => Assert.False(audio.Holds(other)));
        Assert.False(audio.Holds(new LabelledUtterance("quiet", "", new short[32_000])));
    }
}
