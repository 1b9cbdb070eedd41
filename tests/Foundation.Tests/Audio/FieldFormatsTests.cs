using System.Buffers.Binary;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Files as recorders, telephones and editors write them: as long and as loud as they were.</summary>
public sealed class FieldFormatsTests
{
    const int Extensible = 0xfffe;
    static readonly short[] Samples = TestAudio.Bursts(2); // 4 s, peaks of 8500

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 16)]
    [InlineData(1, 24)]
    [InlineData(1, 32)]
    [InlineData(3, 32)]
    [InlineData(3, 64)]
    [InlineData(Extensible, 16)]
    [InlineData(Extensible, 24)]
    [InlineData(Extensible, 32)]
    public void Every_form_of_linear_wav_is_read(int tag, int bits)
    {
        byte[] Sample(short value) => (tag, bits) switch
        {
            (_, 8) => [(byte)((value >> 8) + 128)],
            (3, 32) => BitConverter.GetBytes(value / 32768f),
            (3, 64) => BitConverter.GetBytes(value / 32768.0),
            (_, 16) => BitConverter.GetBytes(value),
            (_, 24) => BitConverter.GetBytes(value << 8)[..3],
            _ => BitConverter.GetBytes(value << 16),
        };
        byte[] more = tag != Extensible ? [] : [22, 0, (byte)bits, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
        foreach (var odd in new[] { 0, 1 }) // bytes too many in the format
            AssertWhole(Wav(tag, bits, [.. more, .. new byte[odd]], [.. Samples.SelectMany(Sample)]));
    }

    [Theory]
    [InlineData("-c:a adpcm_ima_wav OUT.wav")]
    [InlineData("-c:a adpcm_ms OUT.wav")]
    [InlineData("-c:a adpcm_yamaha OUT.wav")]
    [InlineData("-ar 8000 -c:a libgsm_ms OUT.wav")]
    [InlineData("-ar 8000 -c:a adpcm_g726 OUT.wav")]
    [InlineData("-c:a pcm_alaw OUT.wav")]
    [InlineData("-rf64 always OUT.wav")]
    [InlineData("-ar 96000 -ac 2 -c:a pcm_s24le OUT.wav", 0.7)]
    [InlineData("OUT.voc")]
    [InlineData("-c:a opus -strict -2 -f caf OUT.caf")] // voice messages of iPhones
    [InlineData("-c:a alac OUT.caf")]
    [InlineData("-c:a adpcm_ima_qt OUT.caf")]
    [InlineData("-c:a pcm_f32be OUT.caf")]
    [InlineData("-c:a pcm_s16le -f aiff OUT.aifc")]
    [InlineData("-write_xing 0 OUT.mp3")]
    [InlineData("-ar 8000 OUT.mp3")] // MPEG 2.5
    [InlineData("-id3v2_version 4 -write_id3v1 1 -metadata title=name OUT.mp3")]
    [InlineData("-f lavfi -i testsrc=d=4:s=64x64 -c:v libtheora -c:a libvorbis OUT.ogv")]
    [InlineData("-c:a libopus -live 1 OUT.webm")] // neither length nor index
    [InlineData("-c:a libopus -dash 1 OUT.webm")]
    [InlineData("-c:a aac -movflags dash OUT.mp4")]
    [InlineData("-c:a aac OUT.3gp")]
    [InlineData("-c:a aac -f latm OUT.loas")]
    [InlineData("-c:a aac -mpegts_m2ts_mode 1 OUT.m2ts")]
    public void What_other_programs_write_is_read(string arguments, double gain = 1) =>
        AssertWhole(FfmpegProgram.Encode(Samples, arguments), gain, tolerance: 0.15);

    [Fact]
    public void Other_bytes_around_a_file_are_no_audio()
    {
        var (wav, mp3) = (TestAudio.Wav(Samples), FfmpegProgram.Encode(Samples, "OUT.mp3"));
        foreach (var lead in new byte[][] { [.. "\r\n"u8], [0xef, 0xbb, 0xbf], new byte[4096], Tag(10), [.. Tag(10), .. Tag(120)] })
            AssertWhole([.. lead, .. wav]);
        AssertWhole([.. Tag(10), .. FfmpegProgram.Encode(Samples, "OUT.flac")]);
        var footer = Tag(20);
        footer[5] = 0x10; // ID3v2.4 with a footer
        AssertWhole([.. footer, .. "3DI\x04\0\x10\0\0\0\x14"u8, .. mp3]);
        AssertWhole([.. "ID3\x03\0\0\0\x7f\x7f\x7f"u8, .. mp3]); // a size beyond the file
        AssertWhole([.. mp3, .. "APETAGEX"u8, .. new byte[] { 0xd0, 7, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x80 }, .. new byte[8]]);
    }

    [Fact]
    public void Joined_phone_recordings_are_read_one_after_the_other()
    {
        foreach (var arguments in new[] { "-c:a aac OUT.m4a", "-c:a aac -movflags faststart OUT.m4a",
            "-c:a aac -movflags frag_keyframe+empty_moov OUT.mp4", "-c:a libopus OUT.webm", "-c:a aac OUT.aac" })
        {
            var file = FfmpegProgram.Encode(Samples, arguments);
            var decoded = AudioDecoder.Decode((byte[])[.. file, .. file], null, DecodeLimits.Default);
            Assert.InRange(decoded.DurationSeconds, 7.9, 8.3);
        }
    }

    [Fact]
    public void Chained_opus_may_change_its_channels()
    {
        byte[] chain = [.. FfmpegProgram.Encode(Samples, "-c:a libopus OUT.opus"),
            .. FfmpegProgram.Encode(Samples, "-ac 2 -c:a libopus OUT.opus")];
        Assert.InRange(AudioDecoder.Decode(chain, "audio/ogg", DecodeLimits.Default).DurationSeconds, 7.9, 8.1);
    }

    static void AssertWhole(byte[] file, double gain = 1, double tolerance = 0.01)
    {
        var decoded = AudioDecoder.Decode(file, null, DecodeLimits.Default);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Null(decoded.Truncation);
        Assert.InRange(decoded.DurationSeconds, 4 - tolerance, 4 + tolerance);
        Assert.InRange(decoded.Samples.Max(s => (int)s), 7_000 * gain, 20_000); // GSM overshoots where a tone begins
    }

    static byte[] Tag(byte bytes) => [.. "ID3\x04\0\0\0\0\0"u8, (byte)(bytes & 0x7f), .. new byte[bytes & 0x7f]];

    static byte[] Wav(int tag, int bits, byte[] more, byte[] data)
    {
        var format = new byte[16 + more.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(format, (ushort)tag);
        format[2] = 1;
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(4), 16_000);
        BinaryPrimitives.WriteInt32LittleEndian(format.AsSpan(8), 16_000 * bits / 8);
        (format[12], format[14]) = ((byte)(bits / 8), (byte)bits);
        more.CopyTo(format, 16);
        byte[] Chunk(ReadOnlySpan<byte> name, byte[] body) =>
            [.. name, .. BitConverter.GetBytes(body.Length), .. body, .. new byte[body.Length & 1]];
        return [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. Chunk("JUNK"u8, new byte[27]), .. Chunk("fmt "u8, format),
            .. Chunk("data"u8, data), .. Chunk("LIST"u8, [.. "INFOINAM"u8, 2, 0, 0, 0, 65, 0])];
    }
}
