using Ssl.Shared.Audio;
using Ssl.TestKit;

namespace Ssl.Shared.Tests.Audio;

public sealed class SilenceCutterTests
{
    const int Rate = 16_000;

    static List<CutSegment> Cut(ReadOnlySpan<short> samples, Func<int>? blockSize = null)
    {
        var cutter = new SilenceCutter();
        var segments = new List<CutSegment>();
        while (samples.Length > 0)
        {
            var block = Math.Min(blockSize?.Invoke() ?? samples.Length, samples.Length);
            segments.AddRange(cutter.Push(samples[..block]));
            samples = samples[block..];
        }
        if (cutter.Flush() is { } last)
            segments.Add(last);
        return segments;
    }

    [Fact]
    public void Speech_is_cut_at_pauses_into_segments_of_one_to_twenty_seconds()
    {
        var segments = Cut(TestAudio.Bursts(30));
        Assert.InRange(segments.Count, 10, 31);
        Assert.All(segments, s => Assert.InRange(s.Samples.Length, Rate, 20 * Rate));
    }

    [Fact]
    public void No_speech_is_lost()
    {
        var samples = TestAudio.Bursts(20);
        var covered = new bool[samples.Length];
        foreach (var segment in Cut(samples))
        {
            for (var i = 0; i < segment.Samples.Length && segment.Start + i < samples.Length; i++)
            {
                Assert.False(covered[segment.Start + i], "a sample in two segments");
                covered[segment.Start + i] = true;
                Assert.Equal(samples[segment.Start + i], segment.Samples[i]);
            }
        }
        Assert.All(Enumerable.Range(0, samples.Length).Where(i => Math.Abs(samples[i]) > 1000), i => Assert.True(covered[i]));
    }

    [Fact]
    public void The_same_audio_pushed_in_other_blocks_gives_the_same_segments()
    {
        var samples = TestAudio.Bursts(12);
        var whole = Cut(samples);
        for (var seed = 0; seed < 5; seed++)
        {
            var random = new Random(seed);
            var pieces = Cut(samples, () => random.Next(1, 5000));
            Assert.Equal(whole.Select(s => (s.Start, s.Samples.Length)), pieces.Select(s => (s.Start, s.Samples.Length)));
        }
    }

    [Fact]
    public void Speech_without_a_pause_is_cut_at_twenty_seconds()
    {
        var segments = Cut(TestAudio.Bursts(40, pauseSeconds: 0));
        Assert.All(segments, s => Assert.InRange(s.Samples.Length, Rate, 20 * Rate));
        Assert.Equal(40 * 1.2, segments.Sum(s => s.Samples.Length) / (double)Rate, 1);
    }

    [Fact]
    public void Silence_gives_no_segment_and_takes_no_memory()
    {
        var cutter = new SilenceCutter();
        for (var second = 0; second < 600; second++)
            Assert.Empty(cutter.Push(new short[Rate]));
        Assert.Null(cutter.Flush());
        Assert.Equal(600L * Rate, cutter.OpenStart);
    }

    [Fact]
    public void A_short_word_is_padded_to_one_second()
    {
        var word = TestAudio.Bursts(1, pauseSeconds: 0)[..(Rate / 3)];
        var segment = Assert.Single(Cut(word));
        Assert.Equal(Rate, segment.Samples.Length);
        Assert.Equal(word, segment.Samples[..word.Length]);
    }

    [Fact]
    public void A_mark_within_a_pause_is_where_it_is_cut()
    {
        var cutter = new SilenceCutter();
        var (first, second) = (TestAudio.Bursts(1)[..^0], TestAudio.Bursts(1, seed: 2));
        cutter.Mark();
        Assert.Empty(cutter.Push(first));
        Assert.Empty(cutter.Push(new short[Rate / 5]));
        cutter.Mark();
        var segments = cutter.Push([.. new short[Rate / 5], .. second]);
        Assert.Equal(first.Length + Rate / 5, Assert.Single(segments).Start + segments[0].Samples.Length);
    }
}
