using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Damaged files of formats that ffmpeg reads, a process each (<see cref="Fuzz"/>).</summary>
[Trait("kind", "fuzz")]
public sealed class FfmpegMutationTests
{
    const string Video = "-f lavfi -i testsrc=d=1:s=64x64 -shortest";

    [Theory]
    [InlineData("webm", "-c:a libopus OUT.webm", "-c:a libvorbis -live 1 OUT.webm")]
    [InlineData("mp4", "-c:a aac -movflags faststart OUT.mp4", "-c:a aac -movflags frag_keyframe+empty_moov OUT.mp4")]
    [InlineData("m4a", "-c:a aac OUT.m4a", "-c:a alac OUT.m4a")]
    [InlineData("aac", "-c:a aac OUT.aac", "-c:a aac -f latm OUT.loas")]
    [InlineData("wma", "-c:a wmav2 OUT.wma", "-c:a wmav1 OUT.asf")]
    [InlineData("ac3", "-ar 32000 -c:a ac3 OUT.ac3", "-ar 32000 -c:a eac3 OUT.eac3")]
    [InlineData("mkv", "-c:a pcm_s16le OUT.mkv", "-c:a flac OUT.mkv", "-c:a mp3 OUT.mkv")]
    [InlineData("video", $"{Video} -c:a aac -c:v mpeg4 OUT.mp4", $"{Video} -c:a mp3 -c:v mpeg4 OUT.avi",
        $"{Video} -c:a mp2 -f mpegts OUT.ts", $"{Video} -ar 44100 -c:a mp3 -c:v flv OUT.flv")]
    [InlineData("speex", "-c:a libspeex OUT.ogg", "-c:a libspeex -ac 2 OUT.ogg", "-c:a flac OUT.oga")]
    [InlineData("others", "-c:a wavpack OUT.wv", "-f w64 OUT.w64", "-c:a tta OUT.tta", "-c:a adpcm_g722 OUT.wav",
        "-c:a mp3 -f wav OUT.wav")]
    public Task Damaged_files_are_decoded_or_refused(string format, params string[] encodings) =>
        RunAsync(format, [.. encodings.Select(MutationTests.Encoded)]);

    [Fact]
    public Task Damaged_calls_are_decoded_or_refused() // AMR of 12.2 and of 7.95 kbit/s (RFC 4867); Debian's ffmpeg writes none
    {
        var random = new Random(1);
        byte[] Frames(byte type, int bytes)
        {
            var frames = new byte[50 * bytes];
            random.NextBytes(frames);
            for (var frame = 0; frame < 50; frame++)
                frames[frame * bytes] = type;
            return frames;
        }
        return RunAsync("amr", [[.. "#!AMR\n"u8, .. Frames(0x3c, 32)], [.. "#!AMR\n"u8, .. Frames(0x2c, 21)],
            [.. "#!AMR-WB\n"u8, .. Frames(0x14, 33)]]);
    }

    static Task RunAsync(string format, byte[][] seeds) => new Fuzz(format, seeds) { Count = 10, CostsAProcess = true }.RunAsync(
        bytes => MutationTests.Outcome(AudioDecoder.Decode(bytes, contentType: null, DecodeLimits.Default)));
}
