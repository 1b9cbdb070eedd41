using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

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
    public void Whoever_starts_where_a_segment_ended_cuts_the_rest_alike()
    {
        var samples = TestAudio.Bursts(40, pauseSeconds: 0.75);
        var whole = Cut(samples);
        foreach (var segment in whole.SkipLast(1))
        {
            var rest = Cut(samples.AsSpan((int)segment.End));
            Assert.Equal(whole.Where(s => s.Start >= segment.End).Select(s => (s.Start, s.Samples.Length)), rest.Select(s => (s.Start + segment.End, s.Samples.Length)));
        }
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(11_025)]
    [InlineData(48_000)]
    public void Any_rate_is_cut_into_segments_of_one_to_twenty_seconds(int rateHz)
    {
        var cutter = new SilenceCutter(rateHz);
        var segments = cutter.Push(TestAudio.Bursts(30, pauseSeconds: 0.3, rateHz: rateHz)).Append(cutter.Flush()!);
        Assert.All(segments, s => Assert.InRange(Resampler.LengthOf(s.Samples.Length, rateHz), Rate, 20 * Rate));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void The_silence_of_a_room_gives_no_segment(int amplitude)
    {
        var random = new Random(5);
        Assert.Empty(Cut([.. Enumerable.Range(0, 60 * Rate).Select(_ => (short)random.Next(-amplitude, amplitude + 1))]));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.05)]
    public void Real_speech_is_kept_however_quiet(double gain)
    {
        foreach (var name in new[] { "digits/audio/7_george_3.flac", "digits/audio/7_theo_36.flac", "read-speech/audio/1089-134686-0000.opus", "german/audio/de_rhasspy-0004.opus" })
        {
            short[] samples = [.. AudioFile.Read(SharedFolder.Data(name)).Samples.Select(s => (short)Math.Round(s * gain))];
            var (spoken, kept) = (Energy(samples), Cut(samples).Sum(s => Energy(s.Samples)));
            Assert.InRange(kept / spoken, 0.99, 1.0);
        }
    }

    static double Energy(short[] samples) => samples.Sum(s => (double)s * s);
}
