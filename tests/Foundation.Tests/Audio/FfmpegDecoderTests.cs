using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>What phones, browsers and cameras record, through ffmpeg.</summary>
public sealed class FfmpegDecoderTests
{
    static readonly short[] Samples = TestAudio.Bursts(3);

    static byte[] Encode(string arguments) => FfmpegProgram.Encode(Samples, arguments);

    static DecodeResult Decode(byte[] bytes, string? contentType = null) => AudioDecoder.Decode(bytes, contentType, DecodeLimits.Default);

    [Theory]
    [InlineData("-c:a aac OUT.m4a", "audio/mp4")] // the index at the end, as phones write it
    [InlineData("-c:a aac -movflags faststart OUT.mp4", "video/mp4")]
    [InlineData("-c:a aac -movflags frag_keyframe+empty_moov OUT.mp4", "audio/mp4")] // as browsers record it
    [InlineData("-c:a aac -movflags +rtphint OUT.mov", "video/quicktime")]
    [InlineData("-c:a alac OUT.m4a", "audio/x-m4a")]
    [InlineData("-f lavfi -i testsrc=d=6:s=64x64 -c:a aac -c:v mpeg4 OUT.mp4", "video/mp4")]
    [InlineData("-c:a libopus OUT.webm", "audio/webm;codecs=opus")]
    [InlineData("-c:a libvorbis OUT.webm", "video/webm")]
    [InlineData("-c:a pcm_s16le OUT.mkv", "video/x-matroska")]
    [InlineData("-c:a aac OUT.aac", "audio/aac")]
    [InlineData("-c:a wmav2 OUT.wma", "audio/x-ms-wma")]
    [InlineData("-ar 32000 -c:a ac3 OUT.ac3", "audio/ac3")]
    [InlineData("-ar 32000 -c:a eac3 OUT.eac3", "audio/eac3")]
    [InlineData("-c:a mp2 -f mpegts OUT.ts", "video/mp2t")]
    [InlineData("-f lavfi -i testsrc=d=6:s=64x64 -c:a mp3 -c:v mpeg4 OUT.avi", "video/x-msvideo")]
    [InlineData("-ar 44100 -c:a mp3 OUT.flv", "video/x-flv")]
    [InlineData("-c:a wavpack OUT.wv", null)]
    [InlineData("-c:a libspeex OUT.ogg", "audio/ogg")]
    [InlineData("-c:a flac OUT.oga", "audio/ogg")]
    [InlineData("-c:a adpcm_g722 OUT.wav", "audio/wav")]
    [InlineData("-c:a mp3 -f wav OUT.wav", "audio/wav")]
    [InlineData("-f w64 OUT.w64", null)]
    public void It_is_read_as_long_and_as_loud_as_it_was(string arguments, string? contentType)
    {
        var bytes = Encode(arguments);
        foreach (var type in (string?[])[contentType, null])
        {
            var decoded = Decode(bytes, type);
            Assert.True(decoded.Ok, decoded.Detail);
            Assert.Null(decoded.Truncation);
            Assert.InRange(decoded.DurationSeconds, 5.85, 6.2);
            Assert.InRange(decoded.Samples.Max(s => (int)s), 7_000, 11_000);
        }
    }

    [Fact]
    public void An_amr_call_is_read() // 12.2 kbit/s (RFC 4867); Debian's ffmpeg writes none
    {
        var frame = new byte[32];
        frame[0] = 0x3c;
        var decoded = Decode([.. "#!AMR\n"u8, .. Enumerable.Repeat(frame, 100).SelectMany(f => f)], "audio/amr");
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Equal(2.0, decoded.DurationSeconds, 1);
    }

    [Theory]
    [InlineData("-c:a libopus OUT.webm")]
    [InlineData("-c:a aac -movflags faststart OUT.m4a")]
    [InlineData("-c:a wmav2 OUT.wma")]
    public void Cut_off_it_is_used_and_says_which_share_is_missing(string arguments)
    {
        var whole = Encode(arguments);
        var decoded = Decode(whole[..(whole.Length * 2 / 3)]);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Matches(@"^[234]\d\.\d% of the audio is missing: \d\.\d+ of 6\.?\d* seconds", decoded.Truncation);
        var strict = new DecodeLimits { Truncated = TruncatedAudio.Refuse };
        var refused = AudioDecoder.Decode(whole.AsMemory(0, whole.Length * 2 / 3), null, strict);
        Assert.Equal(RejectReason.Truncated, refused.Reason);
    }

    [Fact]
    public void What_is_no_audio_or_not_allowed_is_refused_by_name()
    {
        var video = Encode("-f lavfi -i testsrc=d=1:s=64x64 -map 1:v -c:v mpeg4 OUT.mp4");
        Assert.Equal(RejectReason.Corrupt, Decode(video).Reason);
        Assert.Equal(RejectReason.Corrupt, Decode([.. "\0\0\0\x18"u8, .. "ftypisom"u8, .. new byte[2_000]]).Reason);
        var refused = AudioDecoder.Decode(video, null, new DecodeLimits { UseFfmpeg = false });
        Assert.Equal(RejectReason.FfmpegMissing, refused.Reason);
        Assert.Contains("ffmpeg", refused.Detail);
    }

    [Fact]
    public void A_playlist_opens_no_other_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("secret.wav"), TestAudio.Wav(Samples));
        var playlist = $"#EXTM3U\n#EXTINF:6,\nfile://{folder.File("secret.wav")}\n#EXT-X-ENDLIST\n";
        Assert.Equal(RejectReason.UnknownFormat, Decode(System.Text.Encoding.UTF8.GetBytes(playlist)).Reason);
    }

    [Fact]
    public void Half_an_hour_of_silence_in_a_small_file_is_refused() =>
        Assert.Equal(RejectReason.Overcompressed,
            Decode(FfmpegProgram.Encode(new short[16_000], "-af apad=whole_dur=1800 -c:a alac OUT.m4a")).Reason);

    [Fact]
    public async Task Many_at_a_time_wait_for_their_turn()
    {
        var webm = Encode("-c:a libopus OUT.webm");
        var decoded = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            AudioDecoder.DecodeAsync(webm, null, DecodeLimits.Default, TestContext.Current.CancellationToken)));
        Assert.All(decoded, d => Assert.Equal(decoded[0].Samples, d.Samples));
    }

    [Fact]
    public async Task A_caller_that_gives_up_ends_the_process()
    {
        using var stop = new CancellationTokenSource();
        var webm = Encode("-c:a libopus OUT.webm");
        var decoding = AudioDecoder.DecodeAsync(webm, null, DecodeLimits.Default, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoding);
    }
}
