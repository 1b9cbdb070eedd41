using Ssl.Shared.Speech.Model;

namespace Ssl.Speech.Tests.Model;

public sealed class FeatureStreamTests
{
    static readonly short[] Clip = [.. Enumerable.Range(0, 40_000).Select(i => (short)(i * i % 4001 - 2000))];

    public static TheoryData<string> Extractors => new("log-mel", "waveform");

    [Theory]
    [MemberData(nameof(Extractors))]
    public void All_of_an_utterance_pushed_in_pieces_has_the_features_of_the_whole(string name)
    {
        var extractor = Extractor(name);
        var stream = extractor.Stream(before: null);
        for (var start = 0; start < Clip.Length; start += 777)
            stream.Push(Clip.AsSpan(start, Math.Min(777, Clip.Length - start)));
        Assert.Equal(extractor.FramesOf(Clip.Length), stream.Frames);
        using var whole = extractor.Extract(Clip);
        using var streamed = stream.Window(0);
        ReferenceTensors.AssertClose(whole, streamed, 2e-3, name);
    }

    [Theory]
    [MemberData(nameof(Extractors))]
    public void A_window_is_the_rest_of_the_utterance_whatever_was_forgotten(string name)
    {
        var stream = Extractor(name).Stream(before: null);
        stream.Push(Clip);
        using var whole = stream.Window(0);
        using var window = stream.Window(20);
        stream.Forget(20);
        using var after = stream.Window(20);
        var rows = whole.shape[0] - window.shape[0];
        ReferenceTensors.AssertClose(whole.narrow(0, rows, window.shape[0]), window, 1e-9, name);
        ReferenceTensors.AssertClose(window, after, 1e-9, name);
    }

    [Fact]
    public void What_was_heard_before_counts_less_and_less()
    {
        var extractor = Extractor("log-mel");
        var first = extractor.Stream(before: null);
        first.Push(Clip);
        using var before = first.Window(0);
        first.Norm.Fade(seconds: 0.01);
        var second = extractor.Stream(first.Norm);
        second.Push(Clip);
        using var after = second.Window(0);
        ReferenceTensors.AssertClose(before, after, 0.1, "the same clip again");
        Assert.Same(first.Norm, second.Norm);
        Assert.NotSame(first.Norm, Extractor("waveform").Stream(first.Norm).Norm); // another layout starts anew
    }

    static FeatureExtractor Extractor(string name) => name == "log-mel" ? FeatureExtractor.For(Wav2Vec2BertConfig.Tiny)
        : FeatureExtractor.For(Wav2Vec2Config.Base);
}
