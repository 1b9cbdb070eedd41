using Ssl.Shared.Speech.Decoding;

namespace Ssl.Speech.Tests.Decoding;

public sealed class CtcAlignmentTests
{
    [Theory]
    [InlineData("", 0, true)]
    [InlineData("abc", 3, true)]
    [InlineData("abc", 2, false)]
    [InlineData("aab", 3, false)] // a blank must part the two
    [InlineData("aab", 4, true)]
    [InlineData("a a", 3, true)] // the delimiter does
    public void A_text_needs_a_frame_a_label_and_a_blank_between_two_alike(string text, int frames, bool fits) =>
        Assert.Equal(fits, CtcAlignment.Fits(Vocabulary.FromTexts(["abc"]).Encode(text), frames));

    [Theory]
    [InlineData("aab", 4)]
    [InlineData("a a", 3)]
    public void A_text_that_just_fits_is_aligned_though_nothing_is_heard(string text, int frames)
    {
        var vocabulary = Vocabulary.FromTexts(["abc"]);
        var words = CtcAlignment.Words(new float[frames * vocabulary.Size], vocabulary.Encode(text), vocabulary);
        Assert.Equal(text, string.Join(' ', words.Select(word => word.Word)));
        Assert.Equal(0, words[0].StartFrame);
        Assert.Equal(frames, words[^1].EndFrame);
    }
}
