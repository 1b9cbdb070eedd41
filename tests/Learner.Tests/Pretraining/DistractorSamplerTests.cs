using Ssl.Learner.Pretraining;

namespace Ssl.Learner.Tests.Pretraining;

public sealed class DistractorSamplerTests
{
    const int Distractors = 100;

    [Fact]
    public void Distractors_are_other_masked_frames_of_the_same_utterance_and_all_as_likely()
    {
        // 10 and 6 masked
        var masked = new MaskedFrames([.. Enumerable.Range(0, 60).Select(i => i is >= 5 and < 15 or >= 30 and < 36)], 2, 30);
        var times = new int[2, 10, 10];
        const int Steps = 200;
        for (var step = 0; step < Steps; step++)
        {
            var drawn = Draw(masked, step);
            for (var row = 0; row < 2; row++)
                for (var frame = 0; frame < masked.CountOf(row); frame++)
                {
                    var own = drawn.AsSpan((row * masked.Width + frame) * (1 + Distractors), 1 + Distractors);
                    Assert.Equal(frame, own[0]);
                    foreach (var other in own[1..])
                        times[row, frame, other]++;
                }
        }
        foreach (var (row, count) in new[] { (0, 10), (1, 6) })
            for (var frame = 0; frame < count; frame++)
                for (var other = 0; other < 10; other++)
                    if (other == frame || other >= count)
                        Assert.Equal(0, times[row, frame, other]);
                    else
                        Assert.InRange(times[row, frame, other] / (Steps * Distractors / (count - 1.0)), 0.85, 1.15);
    }

    [Fact]
    public void Filling_names_a_frame_that_exists()
    {
        var masked = new MaskedFrames([.. Enumerable.Range(0, 60).Select(i => i is >= 5 and < 15 or 30)], 2, 30); // 10 and 1 masked
        Assert.All(Draw(masked, 1)[(masked.Width * 101)..], c => Assert.Equal(0, c));
    }

    static long[] Draw(MaskedFrames masked, int step)
    {
        var candidates = new long[DistractorSampler.CountFor(masked, Distractors)];
        DistractorSampler.Draw(masked, Distractors, 1, step, part: 0, candidates);
        return candidates;
    }
}
