using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

public sealed class SilenceCutterTests
{
    const int Rate = 16_000;

    static List<CutSegment> Cut(ReadOnlySpan<short> samples, Func<int>? blockSize = null, IReadOnlyList<float>? memory = null)
    {
        var cutter = new SilenceCutter(memory: memory);
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

    [Theory]
    [InlineData(3)]
    [InlineData(400)] // a noise in which the first second alone would not tell
    public void Whoever_starts_where_a_segment_ended_with_what_was_known_there_cuts_the_rest_alike(int noise)
    {
        var random = new Random(3);
        short[] samples = [.. TestAudio.Bursts(40, pauseSeconds: 0.75).Select(s => (short)(s + random.Next(-noise, noise + 1)))];
        var whole = Cut(samples);
        var (cutter, known) = (new SilenceCutter(), new List<(long Start, IReadOnlyList<float> Memory)>());
        foreach (var block in samples.Chunk(160))
        {
            cutter.Push(block);
            if (known.Count == 0 || known[^1].Start != cutter.OpenStart)
                known.Add((cutter.OpenStart, cutter.Memory));
        }
        Assert.InRange(whole.Count, 10, 41);
        foreach (var (start, memory) in known)
        {
            var rest = Cut(samples.AsSpan((int)start), memory: memory);
            Assert.Equal(whole.Where(s => s.Start >= start).Select(s => (s.Start, s.Samples.Length)),
                rest.Select(s => (s.Start + start, s.Samples.Length)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Two_channels_that_are_one_or_cancel_out_are_cut_as_one_is(int sign)
    {
        var mono = TestAudio.Bursts(12);
        var cutter = new SilenceCutter(channels: 2);
        short[] stereo = [.. mono.SelectMany(s => new[] { s, (short)(sign * s) })];
        var segments = cutter.Push(stereo).Append(cutter.Flush()!);
        Assert.Equal(Cut(mono).Select(s => (s.Start, s.End, 2 * s.Samples.Length)),
            segments.Select(s => (s.Start, s.End, s.Samples.Length)));
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
    [InlineData(8_000)]
    public void Steady_noise_gives_no_segment_however_loud(int amplitude)
    {
        var random = new Random(5);
        Assert.Empty(Cut([.. Enumerable.Range(0, 60 * Rate).Select(_ => (short)random.Next(-amplitude, amplitude + 1))]));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.05)]
    public void Real_speech_is_kept_however_quiet(double gain)
    {
        string[] names = ["digits/audio/7_george_3.flac", "digits/audio/7_theo_36.flac", "read-speech/audio/1089-134686-0000.opus",
            "german/audio/de_rhasspy-0004.opus"];
        foreach (var name in names)
        {
            short[] samples = [.. AudioFile.Read(SharedFolder.Data(name)).Samples.Select(s => (short)Math.Round(s * gain))];
            var (spoken, kept) = (Energy(samples), Cut(samples).Sum(s => Energy(s.Samples)));
            Assert.InRange(kept / spoken, 0.99, 1.0);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(10)]
    [InlineData(5)]
    public void Of_real_speech_in_noise_speech_is_kept_and_the_noise_between_is_dropped(double snrDb)
    {
        string[] names = ["read-speech/audio/1089-134686-0000.opus", "german/audio/de_rhasspy-0004.opus", "digits/audio/7_george_3.flac"];
        var (samples, loud, random) = (new List<double>(), new List<bool?>(), new Random(7)); // null: the noise between
        foreach (var name in names.Concat(names))
        {
            var spoken = AudioFile.Read(SharedFolder.Data(name)).Samples;
            var gain = 2_000 / Math.Sqrt(Energy(spoken) / spoken.Length);
            samples.AddRange([.. new double[4 * Rate], .. spoken.Select(s => s * gain)]);
            loud.AddRange([.. Enumerable.Repeat<bool?>(null, 4 * Rate), .. spoken.Select(s => (bool?)(Math.Abs(s * gain) > 2_000))]);
        }
        var amplitude = 2_000 * Math.Sqrt(3) / Math.Pow(10, snrDb / 20);
        var kept = new bool[samples.Count];
        foreach (var segment in Cut([.. samples.Select(s => (short)(s + amplitude * (2 * random.NextDouble() - 1)))]))
            Array.Fill(kept, true, (int)segment.Start, (int)(Math.Min(segment.End, kept.Length) - segment.Start));
        Assert.InRange(Share(true), 0.99, 1.0);
        Assert.InRange(Share(null), 0, 0.25);

        double Share(bool? what) => kept.Where((_, i) => loud[i] == what).Average(k => k ? 1.0 : 0.0);
    }

    static double Energy(short[] samples) => samples.Sum(s => (double)s * s);
}
