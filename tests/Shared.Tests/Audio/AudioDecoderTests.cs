using System.Diagnostics;
using System.Runtime.InteropServices;
using Ssl.Shared.Audio;
using Ssl.TestKit;

namespace Ssl.Shared.Tests.Audio;

public sealed class AudioDecoderTests
{
    static DecodeResult Decode(byte[] bytes, string? contentType = null) => AudioDecoder.Decode(bytes, contentType, DecodeLimits.Default);

    static byte[] RealFlac() => File.ReadAllBytes(SharedFolder.Data("digits/audio/7_george_3.flac"));

    static byte[] RealOpus() => File.ReadAllBytes(SharedFolder.Data("read-speech/audio/1089-134686-0001.opus"));

    [Fact]
    public void Sixteen_kilohertz_wav_passes_unchanged()
    {
        var samples = TestAudio.Bursts(2);
        var decoded = Decode(TestAudio.Wav(samples), "audio/wav");
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(samples, decoded.Samples);
    }

    [Theory]
    [InlineData(8_000, 1)]
    [InlineData(44_100, 2)]
    [InlineData(48_000, 6)]
    public void Any_rate_and_channel_count_becomes_mono_of_the_same_length(int rateHz, int channels)
    {
        var mono = TestAudio.Bursts(2, rateHz: rateHz);
        var interleaved = mono.SelectMany(s => Enumerable.Repeat(s, channels)).ToArray();
        var decoded = Decode(TestAudio.Wav(interleaved, rateHz, (short)channels));
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(mono.Length / (double)rateHz, decoded.DurationSeconds, 2);
        Assert.InRange(decoded.Samples.Max(s => (int)s), 7_500, 9_500);
    }

    [Fact]
    public void Real_flac_and_opus_are_read()
    {
        var (flac, opus) = (Decode(RealFlac(), "audio/flac"), Decode(RealOpus(), "audio/ogg"));
        Assert.True(flac.Ok, flac.Detail);
        Assert.True(opus.Ok, opus.Detail);
        Assert.Equal(3.27, opus.DurationSeconds, 1);
    }

    [Theory]
    [InlineData("audio/pcm;rate=16000;channels=1")]
    [InlineData("audio/L16;rate=16000;channels=1")]
    public void Raw_pcm_is_read_in_its_byte_order(string contentType)
    {
        var samples = TestAudio.Bursts(1);
        var bytes = MemoryMarshal.AsBytes<short>(samples).ToArray();
        if (contentType.Contains("L16"))
            for (var i = 0; i < bytes.Length; i += 2)
                (bytes[i], bytes[i + 1]) = (bytes[i + 1], bytes[i]);
        Assert.Equal(samples, Decode(bytes, contentType).Samples);
    }

    [Fact]
    public void Mu_law_is_read_as_G_711_says()
    {
        var decoded = Decode([.. Enumerable.Range(0, 8000).Select(i => i % 2 == 0 ? (byte)0x00 : (byte)0x80)], "audio/basic");
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(1.0, decoded.DurationSeconds, 2);
        Assert.Equal(2.0, Decode(new byte[16_000], "audio/basic").DurationSeconds, 2);
    }

    [Theory]
    [InlineData("", null, RejectReason.Empty)]
    [InlineData("This is a text file, not audio at all.", null, RejectReason.UnknownFormat)]
    [InlineData("This is a text file, not audio at all.", "audio/wav", RejectReason.ContentTypeMismatch)]
    [InlineData("This is a text file, not audio at all.", "text/plain", RejectReason.UnsupportedContentType)]
    [InlineData("abc", "audio/pcm;rate=16000", RejectReason.Truncated)]
    [InlineData("abcd", "audio/pcm", RejectReason.UnsupportedContentType)]
    [InlineData("abcd", "audio/pcm;rate=655000", RejectReason.UnsupportedContentType)]
    [InlineData("abcd", "audio/pcm;rate=16000;channels=9", RejectReason.UnsupportedContentType)]
    [InlineData("abcd", "nonsense", RejectReason.UnsupportedContentType)]
    [InlineData("fLaC but then nothing of the kind", "audio/flac", RejectReason.Corrupt)]
    public void What_is_not_audio_is_refused_with_its_reason(string bytes, string? contentType, RejectReason reason)
    {
        var decoded = Decode(System.Text.Encoding.UTF8.GetBytes(bytes), contentType);
        Assert.Equal(reason, decoded.Reason);
        Assert.NotEmpty(decoded.Detail);
    }

    [Fact]
    public void A_container_that_is_not_what_its_content_type_says_is_refused() =>
        Assert.Equal(RejectReason.ContentTypeMismatch, Decode(RealFlac(), "audio/wav").Reason);

    [Fact]
    public void A_truncated_flac_is_refused()
    {
        var whole = RealFlac();
        var decoded = Decode(whole[..(whole.Length / 2)], "audio/flac");
        Assert.Contains(decoded.Reason, new RejectReason?[] { RejectReason.Truncated, RejectReason.Corrupt });
    }

    [Fact]
    public void A_truncated_wav_is_refused_but_not_one_of_unknown_length()
    {
        var samples = TestAudio.Bursts(1);
        Assert.Equal(RejectReason.Truncated, Decode(TestAudio.Wav(samples)[..^100]).Reason);
        Assert.Equal(RejectReason.Truncated, Decode(TestAudio.Wav(samples, claimedDataBytes: 4_000_000_000)).Reason);
        Assert.Equal(samples.Length, Decode(TestAudio.Wav(samples, claimedDataBytes: uint.MaxValue)).Samples.Length);
    }

    [Theory]
    [InlineData(655_350, 1, RejectReason.UnsupportedRate)]
    [InlineData(1_000, 1, RejectReason.UnsupportedRate)]
    [InlineData(16_000, 9, RejectReason.TooManyChannels)]
    public void Impossible_rates_and_channel_counts_are_refused(int rateHz, short channels, RejectReason reason) =>
        Assert.Equal(reason, Decode(TestAudio.Wav(new short[channels * 100], rateHz, channels)).Reason);

    [Theory]
    [InlineData("flac", "audio/flac")]
    [InlineData("ogg", "audio/ogg")]
    public void An_hour_of_silence_in_a_small_file_are_refused_without_being_decoded(string format, string contentType)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File($"bomb.{format}");
        Assert.SkipUnless(Ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "3600", "-c:a", format == "ogg" ? "libopus" : "flac", path), "needs ffmpeg to make the file");
        var bytes = File.ReadAllBytes(path);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(RejectReason.TooLong, Decode(bytes, contentType).Reason);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 64 << 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes.Length} bytes refused in {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds:0} ms of CPU");
    }

    [Theory]
    [InlineData("flac", 2000)]
    [InlineData("opus", 2000)]
    [InlineData("wav", 2000)]
    public void Mutated_files_are_decoded_or_refused_with_a_reason(string format, int mutations)
    {
        var seedFile = format switch { "flac" => RealFlac(), "opus" => RealOpus(), _ => TestAudio.Wav(TestAudio.Bursts(1)) };
        var random = new Random(11);
        for (var i = 0; i < mutations; i++)
        {
            var mutated = Mutate(seedFile, random);
            var decoded = Decode(mutated);
            Assert.True(decoded.Ok || decoded.Detail.Length > 0);
        }
    }

    static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = random.Next(4) == 0 ? original[..random.Next(original.Length)] : (byte[])original.Clone();
        for (var flips = random.Next(1, 8); flips > 0 && bytes.Length > 0; flips--)
            bytes[random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 128)) : random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    static bool Ffmpeg(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-y", .. arguments]))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
