using Ssl.Transcriber.FineTuning;
using static TorchSharp.torch;

namespace Ssl.Transcriber.Tests.FineTuning;

public sealed class AugmentationTests
{
    [Fact]
    public void A_peak_moves_along_the_mel_axis_alike_in_all_stacked_frames()
    {
        const int bins = 80, at = 40;
        using var scope = NewDisposeScope();
        var features = zeros(6, 3, 4 * bins);
        for (var stacked = 0; stacked < 4; stacked++)
            features[.., .., stacked * bins + at] = 1;
        var warped = FrequencyWarp.Apply(features, 4, 0.1, new Random(1)).view(6, 3, 4, bins);
        var peaks = warped.argmax(3); // [6, 3, 4]
        Assert.All(Enumerable.Range(0, 6), utterance => Assert.Single(peaks[utterance].data<long>().Distinct()));
        Assert.True(peaks.data<long>().Distinct().Count() > 2, "each utterance draws its own factor");
        Assert.InRange(peaks.min().item<long>(), at / 1.1 - 1, at / 0.9 + 1);
        Assert.InRange(peaks.max().item<long>(), at / 1.1 - 1, at / 0.9 + 1);
    }

    [Fact]
    public void Without_a_share_nothing_is_warped()
    {
        using var scope = NewDisposeScope();
        var features = randn(2, 5, 160);
        Assert.True(FrequencyWarp.Apply(features, 2, 0, new Random(1)).allclose(features, 0, 1e-6));
    }
}
