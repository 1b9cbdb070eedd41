using System.Buffers.Binary;
using System.Text;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>MP3 as it is found: without or with false Xing headers, tagged, padded, joined, cut.</summary>
public sealed class MpegFileTests
{
    const int FrameBytesAt16000 = 1000; // more than any frame of the test file

    static readonly byte[] Mp3 = TestSoundFile.Encode(TestAudio.Bursts(3), TestSoundFile.Mp3);

    static byte[] WithoutXing => Mp3[NextFrame(Mp3, XingAt(Mp3))..];

    static DecodeResult Decode(byte[] bytes) => AudioDecoder.Decode(bytes, "audio/mpeg", DecodeLimits.Default with { UseFfmpeg = false });

    static int XingAt(byte[] mp3)
    {
        var at = mp3.AsSpan().IndexOf("Info"u8);
        return at >= 0 ? at : mp3.AsSpan().IndexOf("Xing"u8);
    }

    static int NextFrame(byte[] mp3, int from)
    {
        var head = mp3.AsSpan(0, 2).ToArray();
        return from + mp3.AsSpan(from, FrameBytesAt16000).IndexOf(head);
    }

    static void AssertSeconds(double seconds, byte[] bytes, bool isCut = false)
    {
        var decoded = Decode(bytes);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.InRange(decoded.DurationSeconds, seconds - 0.2, seconds + 0.2); // encoder delay and padding
        Assert.Equal(isCut, decoded.Truncation is not null);
    }

    [Fact]
    public void With_and_without_its_xing_header_it_is_as_long()
    {
        AssertSeconds(6, Mp3);
        AssertSeconds(6, WithoutXing);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public void A_false_number_of_frames_is_a_hint(int frames)
    {
        var mp3 = Mp3.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(mp3.AsSpan(XingAt(mp3) + 8), frames);
        AssertSeconds(6, mp3);
    }

    [Fact]
    public void Joined_files_are_read_one_after_the_other()
    {
        AssertSeconds(12, [.. Mp3, .. Mp3]);
        AssertSeconds(12, [.. WithoutXing, .. WithoutXing]);
        AssertSeconds(18, [.. Mp3, .. WithoutXing, .. Mp3]);
        AssertSeconds(12, [.. Mp3, .. TestSoundFile.Encode(TestAudio.Bursts(3, rateHz: 44_100), TestSoundFile.Mp3, 44_100)]);
    }

    [Fact]
    public void Tags_padding_and_junk_are_no_audio()
    {
        byte[] id3v2 = [.. "ID3\x04\0\0\0\0\x07\x68"u8, .. new byte[1000]];
        byte[] id3v1 = [.. "TAG"u8, .. Encoding.ASCII.GetBytes(new string('x', 125))];
        var ape = new byte[32 + 100 + 32];
        "APETAGEX"u8.CopyTo(ape);
        BinaryPrimitives.WriteInt32LittleEndian(ape.AsSpan(12), 132);
        ape[23] = 0xa0;
        AssertSeconds(6, [.. id3v2, .. Mp3, .. ape, .. id3v1]);
        AssertSeconds(12, [.. id3v2, .. Mp3, .. id3v1, .. id3v2, .. WithoutXing, .. id3v1]);
        AssertSeconds(6, [.. new byte[5_000], .. Mp3, .. new byte[5_000]]);
        AssertSeconds(6, [.. WithoutXing[..2_000], .. Encoding.ASCII.GetBytes("what a proxy put in between"), .. WithoutXing[2_000..]]);
    }

    [Fact]
    public void A_recording_of_a_radio_may_begin_in_the_middle_of_a_frame() => AssertSeconds(5.9, Mp3[(XingAt(Mp3) + 700)..]);

    [Fact]
    public void A_file_that_is_cut_off_is_used_and_says_so()
    {
        AssertSeconds(3, Mp3[..(Mp3.Length / 2)], isCut: true);
        Assert.Matches(@"^(49|50|51)\.\d% of the audio is missing: \d+ of \d+ frames", Decode(Mp3[..(Mp3.Length / 2)]).Truncation);
        AssertSeconds(3, WithoutXing[..(WithoutXing.Length / 2)], isCut: true);
    }

    [Fact]
    public void Every_rate_and_channel_count_gets_a_header_that_fits()
    {
        foreach (var rateHz in (int[])[8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
        {
            foreach (var channels in (int[])[1, 2])
            {
                var samples = TestAudio.Bursts(2, rateHz: rateHz).SelectMany(s => Enumerable.Repeat(s, channels)).ToArray();
                var mp3 = TestSoundFile.Encode(samples, TestSoundFile.Mp3, rateHz, channels);
                AssertSeconds(4, mp3);
                AssertSeconds(4, mp3[NextFrame(mp3, XingAt(mp3))..]);
            }
        }
    }
}
