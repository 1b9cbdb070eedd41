using Ssl.Learner.Batching;
using Ssl.Learner.Replay;

namespace Ssl.Learner.Tests.Batching;

public sealed class CropSamplerTests
{
    static readonly BatchOptions Options = new();

    [Fact]
    public void The_same_seed_and_step_draw_the_same_crops()
    {
        var catalogue = Catalogue(8, 12, 3, 17, 5, 6);
        var sampler = new CropSampler(Options);
        for (var step = 0; step < 100; step++)
            Assert.Equal(sampler.Draw(catalogue, 1, step).Crops, sampler.Draw(catalogue, 1, step).Crops);
        Assert.NotEqual(sampler.Draw(catalogue, 1, 5).Crops, sampler.Draw(catalogue, 1, 6).Crops);
        Assert.NotEqual(sampler.Draw(catalogue, 1, 5).Crops, sampler.Draw(catalogue, 2, 5).Crops);
    }

    [Fact]
    public void A_batch_holds_its_seconds_and_nothing_is_padded()
    {
        var random = new Random(1);
        var catalogue = Catalogue([.. Enumerable.Range(0, 300).Select(_ => 1 + 19 * random.NextDouble())]);
        var sampler = new CropSampler(Options);
        for (var step = 0; step < 500; step++)
        {
            var (crops, samples) = sampler.Draw(catalogue, 3, step);
            Assert.InRange(crops.Length * samples / 16000.0, 17.5, 22.5);
            Assert.True(samples <= 5 * 16000);
            Assert.All(crops, c => Assert.InRange(c.FirstSample, 0, c.Segment.SampleCount - samples));
            Assert.True(crops.Select(c => c.Segment).Distinct().Count() >= 0.7 * crops.Length);
        }
    }

    /// <summary>Over many steps, each stored second is heard about as often as any other, in short segments and in long ones.</summary>
    [Fact]
    public void Short_and_long_segments_get_their_share()
    {
        var catalogue = Catalogue([.. Enumerable.Range(0, 400).Select(i => 1.0 + i % 10 * 0.1), .. Enumerable.Repeat(15.0, 80)]);
        var sampler = new CropSampler(Options);
        var (shortSeconds, allSeconds) = (0.0, 0.0);
        for (var step = 0; step < 4000; step++)
        {
            var (crops, samples) = sampler.Draw(catalogue, 4, step);
            allSeconds += crops.Length * samples / 16000.0;
            shortSeconds += crops.Count(c => c.Segment.SampleCount < 2 * 16000) * samples / 16000.0;
        }
        Assert.InRange(shortSeconds / allSeconds, 0.27, 0.37); // 580 of 1,780 s: 0.326
    }

    [Fact]
    public void Too_short_segments_are_left_out_and_few_segments_repeat()
    {
        var catalogue = Catalogue(0.1, 0.3, 2);
        Assert.Equal(2, CropSampler.UsableSeconds(catalogue), 6);
        var (crops, _) = new CropSampler(Options).Draw(catalogue, 1, 1);
        Assert.Equal(10, crops.Length);
        Assert.All(crops, c => Assert.Equal(32000, c.Segment.SampleCount));
    }

    static ReplayCatalogue Catalogue(params double[] seconds) =>
        ReplayCatalogue.Empty.With(seconds.Select((s, i) => new StoredSegment(1, i * 1000L, (int)(s * 16000), 0, 0, 0, default)));
}
