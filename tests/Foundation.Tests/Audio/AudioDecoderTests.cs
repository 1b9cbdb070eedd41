using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

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
    [InlineData(TestSoundFile.WavPcm16, "audio/wav")]
    [InlineData(TestSoundFile.WavFloat, "audio/x-wav")]
    [InlineData(TestSoundFile.WavMuLaw, null)]
    [InlineData(TestSoundFile.Flac, "audio/flac")]
    [InlineData(TestSoundFile.Vorbis, "audio/ogg")]
    [InlineData(TestSoundFile.Opus, "audio/opus")]
    [InlineData(TestSoundFile.Mp3, "audio/mpeg")]
    [InlineData(TestSoundFile.Aiff, "audio/aiff")]
    [InlineData(TestSoundFile.Au, "audio/basic")]
    [InlineData(TestSoundFile.Caf, "application/octet-stream")]
    public void Every_container_is_read_and_refused_when_its_end_is_missing(int format, string? contentType)
    {
        var samples = TestAudio.Bursts(3, rateHz: 48_000);
        var bytes = TestSoundFile.Encode([.. samples.SelectMany(s => new[] { s, s })], format, 48_000, channels: 2);
        var decoded = Decode(bytes, contentType);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(6.0, decoded.DurationSeconds, format == TestSoundFile.Mp3 ? 1 : 3);
        Assert.InRange(decoded.Samples.Max(s => (int)s), 7_000, 15_000); // an MP3 of tones that begin at once overshoots
        Assert.Contains(Decode(bytes[..(bytes.Length * 2 / 3)], contentType).Reason, new RejectReason?[] { RejectReason.Truncated, RejectReason.Corrupt });
    }

    [Fact]
    public void A_flac_from_a_pipe_is_read_but_not_without_its_end()
    {
        var flac = TestSoundFile.Encode(TestAudio.Bursts(3), TestSoundFile.Flac);
        flac[21] &= 0xf0; // with the four bytes behind it, the number of samples: 0 is "unknown"
        flac.AsSpan(22, 4).Clear();
        Assert.Equal(6.0, Decode(flac).DurationSeconds);
        Assert.Equal(RejectReason.Truncated, Decode(flac[..^1]).Reason);
        Assert.Equal(RejectReason.Truncated, Decode(flac[..(flac.Length / 2)]).Reason);
    }

    [Fact]
    public void Ogg_streams_behind_one_another_are_refused_rather_than_half_read() =>
        Assert.Equal(RejectReason.Chained, Decode([.. RealOpus(), .. RealOpus()]).Reason);

    [Fact]
    public void A_file_sent_as_headerless_samples_is_refused() =>
        Assert.Equal(RejectReason.ContentTypeMismatch, Decode(RealFlac(), "audio/pcm;rate=16000").Reason);

    [Fact]
    public void Samples_that_are_no_numbers_are_refused()
    {
        var wav = TestSoundFile.Encode(TestAudio.Bursts(1), TestSoundFile.WavFloat);
        BitConverter.TryWriteBytes(wav.AsSpan(wav.Length / 2 & ~3), float.NaN);
        Assert.Equal(RejectReason.Corrupt, Decode(wav).Reason);
    }

    [Fact]
    public void Resampling_does_not_depend_on_the_blocks()
    {
        float[] audio = [.. TestAudio.Bursts(2, rateHz: 44_100).Select(s => s / 32768f)];
        List<short> Convert(int block)
        {
            using var resampler = new Resampler(44_100);
            var result = new List<short>();
            for (var at = 0; at < audio.Length; at += block)
                result.AddRange(resampler.Push(audio.AsSpan(at, Math.Min(block, audio.Length - at))));
            result.AddRange(resampler.Flush());
            return result;
        }
        var whole = Convert(audio.Length);
        Assert.Equal(64_000, whole.Count);
        Assert.Equal(whole, Convert(1_000));
        Assert.Equal(whole, Convert(77));
    }

    [Fact]
    public void Every_reason_has_a_label_of_its_own() =>
        Assert.Equal("empty unknown_format unsupported_content_type content_type_mismatch corrupt truncated chained too_long overcompressed unsupported_rate too_many_channels",
            string.Join(' ', Enum.GetValues<RejectReason>().Select(r => r.Label())));
}
