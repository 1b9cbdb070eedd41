using Ssl.Shared.Speech.Labels;
using Ssl.Shared.Speech.Model;
using Ssl.Transcriber.Tuning.FineTuning;

namespace Ssl.Transcriber.Tests.Tuning.Labels;

public sealed class LabelledSetTests
{
    static readonly FeatureExtractor Frames30Ms = FeatureExtractor.For(Wav2Vec2BertConfig.Tiny);
    static readonly FeatureExtractor Frames20Ms = FeatureExtractor.LogMel(160);

    [Fact]
    public void A_text_that_the_encoders_frames_cannot_hold_is_refused_by_name()
    {
        // 40 letters in a second: 49 frames of 20 ms hold them, 32 of 30 ms do not.
        LabelledSet set = new([Said("short", "abcd"), Said("long", string.Concat(Enumerable.Repeat("abcd", 10)))],
            [Said("test", "abcd")], [], null);
        Assert.Equal(2, set.Fitting(Frames20Ms, out var refused).Train.Count);
        Assert.Empty(refused);
        var fitting = set.Fitting(Frames30Ms, out refused);
        Assert.Equal(["short"], fitting.Train.Select(u => u.Id));
        Assert.Equal("long: its 40 letters do not fit into 32 frames of 30 ms", Assert.Single(refused));
        Assert.Null(fitting.Unusable);
    }

    [Fact]
    public void A_blank_between_equal_letters_needs_a_frame_too()
    {
        LabelledSet set = new([Said("a", new string('a', 16)), Said("b", new string('b', 17))], [Said("test", "ab")], [], null);
        Assert.Equal(["a"], set.Fitting(Frames30Ms, out _).Train.Select(u => u.Id));
    }

    [Fact]
    public void A_set_without_a_recording_that_fits_is_unusable() =>
        Assert.Contains("no held-out recording", new LabelledSet([Said("a", "a")], [Said("test", new string('a', 40))], [], null)
            .Fitting(Frames30Ms, out _).Unusable!, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(16_000)]
    [InlineData(16_079)]
    [InlineData(15_920)]
    public void Frames_are_counted_as_the_extractor_makes_them(int samples)
    {
        foreach (var extractor in new[] { Frames30Ms, Frames20Ms, FeatureExtractor.For(Wav2Vec2Config.Base) })
        {
            using var batch = extractor.Batch([new short[samples]], TorchSharp.torch.CPU);
            Assert.Equal(batch.FrameCounts[0], extractor.FramesOf(samples));
        }
    }

    static LabelledUtterance Said(string id, string text) => new(id, text, new short[16_000]);
}
