using Ssl.Shared.Speech.Model;
using static TorchSharp.torch;

namespace Ssl.Speech.Tests.Model;

public sealed class FrequencyWarpTests
{
    [Fact]
    public void A_peak_moves_along_the_mel_axis_alike_in_all_stacked_frames()
    {
        const int bins = 80, at = 40;
        using var scope = NewDisposeScope();
        var features = zeros(6, 3, 4 * bins);
        for (var stacked = 0; stacked < 4; stacked++)
            features[.., .., stacked * bins + at] = 1;
        var warped = FrequencyWarp.Apply(features, 4, [0.9, 0.94, 0.98, 1.02, 1.06, 1.1]).view(6, 3, 4, bins);
        var peaks = warped.argmax(3); // [6, 3, 4]
        Assert.All(Enumerable.Range(0, 6), utterance => Assert.Single(peaks[utterance].data<long>().Distinct()));
        Assert.True(peaks.data<long>().Distinct().Count() > 2, "each utterance has its own factor");
        Assert.InRange(peaks.min().item<long>(), at / 1.1 - 1, at / 0.9 + 1);
        Assert.InRange(peaks.max().item<long>(), at / 1.1 - 1, at / 0.9 + 1);
    }

    [Fact]
    public void A_factor_of_one_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var features = randn(2, 5, 160);
        Assert.True(FrequencyWarp.Apply(features, 2, [1, 1]).allclose(features, 0, 1e-6));
    }

    [Theory]
    [InlineData(0, 0.85)]
    [InlineData(0.5, 1)]
    [InlineData(1, 1.15)]
    public void Factors_lie_evenly_around_one(double uniform, double factor) =>
        Assert.Equal(factor, FrequencyWarp.Factor(0.15, uniform), 9);
}
