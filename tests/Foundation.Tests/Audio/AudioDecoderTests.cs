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
    public void Raw_pcm_that_ends_inside_a_sample_is_used_up_to_it()
    {
        var decoded = Decode(new byte[32_003], "audio/pcm;rate=16000;channels=2");
        Assert.Equal(8_000, decoded.Samples.Length);
        Assert.NotNull(decoded.Truncation);
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
    [InlineData("a", "audio/pcm;rate=16000", RejectReason.Empty)]
    [InlineData("abcd", "audio/pcm", RejectReason.UnsupportedContentType)]
    [InlineData("abcd", "audio/pcm;rate=655000", RejectReason.UnsupportedContentType)]
    [InlineData("abcd", "audio/pcm;rate=16000;channels=9", RejectReason.UnsupportedContentType)]
    [InlineData("abcd", "nonsense", RejectReason.UnsupportedContentType)]
    [InlineData("RIFF\0\0\0\0WAVE", "audio/pcm", RejectReason.UnsupportedContentType)]
    [InlineData("fLaC but then nothing of the kind", "audio/flac", RejectReason.Corrupt)]
    public void What_is_not_audio_is_refused_with_its_reason(string bytes, string? contentType, RejectReason reason)
    {
        var decoded = Decode(System.Text.Encoding.UTF8.GetBytes(bytes), contentType);
        Assert.Equal(reason, decoded.Reason);
        Assert.NotEmpty(decoded.Detail);
    }

    [Theory]
    [InlineData("audio/wav", AudioFaults.WrongContentType)] // what web pages call every recording
    [InlineData("audio/webm;codecs=opus", AudioFaults.WrongContentType)]
    [InlineData("audio/flac; charset=binary", AudioFaults.None)]
    [InlineData("application/octet-stream; charset=binary", AudioFaults.None)]
    [InlineData("audio/*", AudioFaults.None)]
    [InlineData("application/x-www-form-urlencoded", AudioFaults.None)]
    [InlineData("flac", AudioFaults.None)]
    public void The_first_bytes_of_a_container_count_more_than_its_content_type(string contentType, AudioFaults faults)
    {
        var decoded = Decode(RealFlac(), contentType);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(faults, decoded.Faults);
    }

    [Fact]
    public void Text_around_the_audio_is_refused_with_the_remedy()
    {
        var text = System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RealFlac()));
        foreach (var contentType in new[] { null, "audio/flac", "audio/PCMU" })
        {
            var decoded = Decode(text, contentType);
            Assert.Equal(RejectReason.Wrapped, decoded.Reason);
            Assert.Contains("decode it", decoded.Detail);
        }
    }

    [Fact]
    public void Less_than_a_sample_is_empty() =>
        Assert.Equal(RejectReason.Empty, Decode([1, 2], "audio/pcm;rate=48000").Reason);

    [Fact]
    public async Task Decoding_in_this_process_ends_when_the_caller_gives_up()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => AudioDecoder.DecodeAsync(RealFlac(), null, DecodeLimits.Default, stop.Token));
    }

    [Fact]
    public void A_truncated_flac_is_used_up_to_there_and_says_so()
    {
        var whole = TestSoundFile.Encode(TestAudio.Bursts(3), TestSoundFile.Flac);
        var decoded = Decode(whole[..(whole.Length / 2)], "audio/flac");
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Matches(@"^\d\d\.\d% of the audio is missing", decoded.Truncation);
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
    public void Every_container_is_read_and_used_up_to_where_it_is_cut_off(int format, string? contentType)
    {
        var samples = TestAudio.Bursts(3, rateHz: 48_000);
        var bytes = TestSoundFile.Encode([.. samples.SelectMany(s => new[] { s, s })], format, 48_000, channels: 2);
        var decoded = Decode(bytes, contentType);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(6.0, decoded.DurationSeconds, format == TestSoundFile.Mp3 ? 1 : 3);
        Assert.InRange(decoded.Samples.Max(s => (int)s), 7_000, 15_000); // an MP3 of tones that begin at once overshoots
        Assert.Null(decoded.Truncation);
        var cut = bytes[..(bytes.Length * 2 / 3)];
        var rest = Decode(cut, contentType);
        Assert.True(rest.Ok, rest.Detail);
        Assert.NotNull(rest.Truncation);
        Assert.InRange(rest.DurationSeconds, 3.4, 4.6);
        Assert.Equal(RejectReason.Truncated,
            AudioDecoder.Decode(cut, contentType, new DecodeLimits { Truncated = TruncatedAudio.Refuse }).Reason);
    }

    [Fact]
    public void A_flac_from_a_pipe_says_when_its_end_is_missing()
    {
        var flac = TestSoundFile.Encode(TestAudio.Bursts(3), TestSoundFile.Flac);
        flac[21] &= 0xf0; // with the four bytes behind it, the number of samples: 0 is "unknown"
        flac.AsSpan(22, 4).Clear();
        Assert.Equal(6.0, Decode(flac).DurationSeconds);
        Assert.Null(Decode(flac).Truncation);
        Assert.NotNull(Decode(flac[..^1]).Truncation);
        Assert.NotNull(Decode(flac[..(flac.Length / 2)]).Truncation);
    }

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
}
