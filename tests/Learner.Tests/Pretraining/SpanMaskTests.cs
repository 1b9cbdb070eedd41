using System.Text.Json;
using Ssl.Learner.Pretraining;
using Ssl.Learner.Seeding;
using Ssl.TestKit;

namespace Ssl.Learner.Tests.Pretraining;

public sealed class SpanMaskTests
{
    /// <summary>The paper's, as the reference has them.</summary>
    static readonly PretrainingRecipe Options = new() { MaskStartProbability = 0.065, MaskSpanFrames = 10 };

    [Fact]
    public void Longer_frames_are_masked_for_as_long_and_as_often()
    {
        var longer = Options.ForFrames(0.04);
        Assert.Equal((5, 0.13), (longer.MaskSpanFrames, longer.MaskStartProbability));
        Assert.Equal(Options, Options.ForFrames(0.02));
        Assert.Equal((1, 1), (Options.ForFrames(1).MaskSpanFrames, Options.ForFrames(1).MaskStartProbability));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.03)]
    public void By_default_half_is_masked_100_ms_at_a_time(double frameSeconds)
    {
        var options = new PretrainingRecipe().ForFrames(frameSeconds);
        Assert.Equal(0.1, options.MaskSpanFrames * frameSeconds, 0.011);
        var share = Enumerable.Range(0, 200).Average(step => Draw(200, step, options).Average(x => x ? 1 : 0));
        Assert.Equal(0.5, share, 0.04);
    }

    [Fact]
    public void Statistics_are_the_references()
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(SharedFolder.Reference("span-masks.json")));
        foreach (var expected in reference.RootElement.EnumerateArray())
        {
            var frames = expected.GetProperty("frames").GetInt32();
            var masks = expected.GetProperty("masks").GetInt32();
            var drawn = Enumerable.Range(0, masks).Select(i => Draw(frames, i)).ToList();
            var shares = drawn.Select(m => m.Count(x => x) / (double)frames).ToList();
            var mean = shares.Average();
            // Five standard errors of a mean over as many masks as the reference drew.
            var deviation = expected.GetProperty("share_masked_std").GetDouble();
            var error = 5 * deviation * Math.Sqrt(2.0 / masks);
            Assert.Equal(expected.GetProperty("share_masked_mean").GetDouble(), mean, error);
            Assert.InRange(Math.Sqrt(shares.Average(s => (s - mean) * (s - mean))) / deviation, 0.93, 1.07);
            Assert.InRange(drawn.Average(Runs) / expected.GetProperty("runs_mean").GetDouble(), 0.97, 1.03);
            Assert.Equal(expected.GetProperty("first_frame_masked").GetDouble(), drawn.Average(m => m[0] ? 1 : 0), 0.03);
            Assert.Equal(expected.GetProperty("middle_frame_masked").GetDouble(), drawn.Average(m => m[frames / 2] ? 1 : 0), 0.05);
            Assert.Equal(expected.GetProperty("last_frame_masked").GetDouble(), drawn.Average(m => m[^1] ? 1 : 0), 0.03);
        }
    }

    [Fact]
    public void Every_masked_run_is_at_least_a_span_and_padding_stays_unmasked()
    {
        for (var step = 0; step < 300; step++)
        {
            var counts = new long[] { 120, 77, 20 };
            var masked = MaskedFrames.Draw(counts, 120, Options, 5, step);
            using var mask = masked.TimeMask(TorchSharp.torch.CPU);
            var rows = mask.data<bool>().ToArray();
            for (var row = 0; row < counts.Length; row++)
            {
                var frames = rows.AsSpan(row * 120, 120);
                Assert.DoesNotContain(true, frames[(int)counts[row]..].ToArray());
                Assert.True(frames.ToArray().Count(x => x) >= 11, "two spans");
                foreach (var run in string.Concat(frames.ToArray().Select(x => x ? 'x' : '.'))
                    .Split('.', StringSplitOptions.RemoveEmptyEntries))
                    Assert.True(run.Length >= 10);
            }
        }
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 10)]
    [InlineData(19, 10)]
    public void A_short_utterance_gets_what_fits(int frames, int expected) => Assert.Equal(expected, Draw(frames, 1).Count(x => x));

    [Fact]
    public void A_mask_is_a_function_of_its_seed()
    {
        Assert.Equal(Draw(200, 3), Draw(200, 3));
        Assert.NotEqual(Draw(200, 3), Draw(200, 4));
    }

    static bool[] Draw(int frames, int step, PretrainingRecipe? options = null)
    {
        var mask = new bool[frames];
        var random = new SeededRandom(11, step, RandomPurpose.SpanMasks);
        SpanMask.Draw(mask, options ?? Options, ref random);
        return mask;
    }

    static int Runs(bool[] mask) => mask.Where((x, i) => x && (i == 0 || !mask[i - 1])).Count();
}
