using System.Text;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Audio.Containers;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Damaged files of every format that is read in this process (<see cref="Fuzz"/>).</summary>
[Trait("kind", "fuzz")]
public sealed class MutationTests
{
    const int OggHeaderBytes = 27;

    [Theory]
    [InlineData("wav-pcm16", TestSoundFile.WavPcm16, "OUT.wav", "-ac 2 -c:a pcm_u8 OUT.wav", "-c:a pcm_s24le OUT.wav")]
    [InlineData("wav-float", TestSoundFile.WavFloat, "-c:a pcm_f64le OUT.wav", "-ac 6 -c:a pcm_f32le OUT.wav")]
    [InlineData("wav-codecs", TestSoundFile.WavMuLaw, "-c:a pcm_alaw OUT.wav", "-c:a adpcm_ima_wav OUT.wav", "-c:a adpcm_ms OUT.wav",
        "-ar 8000 -c:a libgsm_ms OUT.wav", "-c:a adpcm_g726 -ar 8000 OUT.wav")]
    [InlineData("rf64", 0, "-rf64 always OUT.wav", "-rf64 always -ac 2 OUT.wav")]
    [InlineData("flac", TestSoundFile.Flac, "-ac 2 OUT.flac", "-ar 48000 -sample_fmt s32 OUT.flac")]
    [InlineData("ogg-vorbis", TestSoundFile.Vorbis, "-af aloop=8:8000 -c:a libvorbis OUT.ogg",
        "-af aloop=8:8000 -ac 2 -ar 44100 -c:a libvorbis OUT.ogg")]
    [InlineData("ogg-opus", TestSoundFile.Opus, "-c:a libopus OUT.opus",
        "-af aloop=8:8000 -ac 2 -application voip -frame_duration 60 -c:a libopus OUT.opus")]
    [InlineData("mp3", TestSoundFile.Mp3, "-q:a 5 OUT.mp3", "-write_xing 0 OUT.mp3", "-ac 2 -ar 44100 -id3v2_version 4 OUT.mp3", "OUT.mp2")]
    [InlineData("aiff", TestSoundFile.Aiff, "-c:a pcm_s24be OUT.aiff", "-c:a pcm_alaw OUT.aif")]
    [InlineData("au", TestSoundFile.Au, "-c:a pcm_mulaw OUT.au")]
    [InlineData("caf", TestSoundFile.Caf, "OUT.caf", "-c:a pcm_alaw OUT.caf")]
    public Task Damaged_files_are_decoded_or_refused(string format, int own, params string[] encodings)
    {
        var isOgg = format.StartsWith("ogg", StringComparison.Ordinal);
        byte[][] seeds = [.. own == 0 ? [] : (byte[][])[TestSoundFile.Encode(isOgg ? Longer : Speech, own)], .. encodings.Select(Encoded)];
        return new Fuzz(format, seeds) { Repair = isOgg ? RepairPages : null }.RunAsync(
            bytes => Outcome(AudioDecoder.Decode(bytes, contentType: null, DecodeLimits.Default with { UseFfmpeg = false })));
    }

    [Theory]
    [InlineData("raw-mulaw", "audio/PCMU", "-ar 8000 -f mulaw OUT.raw")]
    [InlineData("raw-alaw", "audio/x-alaw;rate=16000;channels=2", "-f alaw OUT.raw")]
    [InlineData("raw-l16", "audio/L16;rate=16000", "-f s16be OUT.raw")]
    [InlineData("raw-pcm", "audio/pcm;rate=48000;channels=3", "-f s16le OUT.raw")]
    [InlineData("g722", "audio/G722", "-c:a g722 OUT.g722")]
    public Task Damaged_samples_are_decoded_or_refused(string format, string contentType, string encoding) =>
        new Fuzz(format, [Encoded(encoding)]).RunAsync(bytes => Outcome(AudioDecoder.Decode(bytes, contentType, DecodeLimits.Default)));

    [Fact]
    public Task Damaged_content_types_are_understood_or_refused()
    {
        string[] seeds = ["audio/pcm;rate=16000;channels=1;bits=16", "audio/webm;codecs=\"opus\"", "AUDIO/L16; rate=\"44100\"; channels=2",
            "audio/ogg", "application/octet-stream", "audio/PCMU"];
        string[] words = ["rate=", "channels=", "99999999999999999999", "-1", "\"", ";", "=", "\0", "audio/", "\\", "é", "\r\n"];
        var pcm = new byte[640];
        return new Fuzz("content-type", [.. seeds.Select(Encoding.UTF8.GetBytes)]) { Words = words }.RunAsync(
            bytes => Outcome(AudioDecoder.Decode(pcm, Encoding.UTF8.GetString(bytes), DecodeLimits.Default with { UseFfmpeg = false })));
    }

    internal static short[] Speech => AudioFile.Read(SharedFolder.Data("digits/audio/7_george_3.flac")).Samples;

    /// <summary>Of several pages.</summary>
    static short[] Longer => [.. Enumerable.Repeat(Speech, 8).SelectMany(s => s)];

    internal static byte[] Encoded(string arguments) => FfmpegProgram.Encode(Speech, arguments);

    internal static string Outcome(DecodeResult decoded)
    {
        Assert.True(decoded.Ok ? decoded.Samples.Length > 0 : decoded.Detail.Length > 0);
        Assert.NotEqual(RejectReason.TooCostly, decoded.Reason);
        return decoded.Reason?.ToString() ?? (decoded.Truncation is null ? "decoded" : "cut off");
    }

    /// <summary>Gives each page of an Ogg file the checksum that it should have.</summary>
    static void RepairPages(byte[] file)
    {
        for (var at = 0; at + OggHeaderBytes <= file.Length; at++)
        {
            if (!file.AsSpan(at).StartsWith("OggS"u8))
                continue;
            var (segments, length) = (file[at + 26], OggHeaderBytes + file[at + 26]);
            for (var i = 0; i < segments && at + OggHeaderBytes + i < file.Length; i++)
                length += file[at + OggHeaderBytes + i];
            if (at + length <= file.Length)
                OggPage.WriteCrc(file.AsSpan(at, length));
        }
    }
}
