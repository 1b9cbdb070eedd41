using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Sizes that recorders leave in headers: hints, never the reason to lose audio.</summary>
public sealed class HeaderSizeTests
{
    static readonly short[] Samples = TestAudio.Bursts(1);
    static readonly uint Bytes = (uint)Samples.Length * 2;

    static DecodeResult Decode(byte[] bytes) => AudioDecoder.Decode(bytes, null, DecodeLimits.Default);

    static void AssertWhole(byte[] bytes, int times = 1)
    {
        var decoded = Decode(bytes);
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.Null(decoded.Truncation);
        Assert.Equal(times * Samples.Length, decoded.Samples.Length);
        Assert.Equal(Samples, decoded.Samples.Take(Samples.Length));
    }

    static byte[] Chunk(string id, ReadOnlySpan<byte> body)
    {
        byte[] chunk = [.. System.Text.Encoding.ASCII.GetBytes(id), 0, 0, 0, 0, .. body, .. new byte[body.Length & 1]];
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), body.Length);
        return chunk;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(44)]
    [InlineData(36)]
    [InlineData(8)]
    public void A_wav_that_counts_its_header_as_audio_is_whole(uint more) =>
        AssertWhole(TestAudio.Wav(Samples, claimedDataBytes: Bytes + more));

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0xffff_0000u)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0x7fff_f000u)]
    [InlineData(0x8000_0000u)]
    public void A_wav_without_a_length_goes_on_to_its_end(uint claimed) => AssertWhole(TestAudio.Wav(Samples, claimedDataBytes: claimed));

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(uint.MaxValue)]
    public void The_size_of_the_whole_file_says_nothing(uint riffBytes)
    {
        var wav = TestAudio.Wav(Samples);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(4), riffBytes);
        AssertWhole(wav);
    }

    [Fact]
    public void A_wav_whose_header_was_last_written_in_the_middle_is_read_to_its_end() =>
        AssertWhole(TestAudio.Wav(Samples, claimedDataBytes: Bytes / 2 / 2 * 2));

    [Fact]
    public void Chunks_and_tags_behind_the_audio_are_no_audio()
    {
        AssertWhole([.. TestAudio.Wav(Samples), .. Chunk("LIST", "INFOISFT1234"u8), .. Chunk("id3 ", new byte[33])]);
        AssertWhole([.. TestAudio.Wav(Samples), .. "TAG"u8, .. new byte[125]]);
        AssertWhole([.. TestAudio.Wav(Samples), .. new byte[512]]);
    }

    [Fact]
    public void Chunks_before_the_audio_are_passed_over_padded_or_not()
    {
        var wav = TestAudio.Wav(Samples, claimedDataBytes: 0);
        AssertWhole([.. wav[..12], .. Chunk("JUNK", new byte[29]), .. wav[12..36], .. Chunk("bext", new byte[602]), .. wav[36..]]);
        AssertWhole([.. wav[..12], .. Chunk("JUNK", new byte[29])[..^1], .. wav[12..]]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void The_length_of_an_rf64_stands_in_its_ds64_or_nowhere(int known)
    {
        var wav = TestAudio.Wav(Samples, claimedDataBytes: uint.MaxValue);
        "RF64"u8.CopyTo(wav);
        var sizes = new byte[28];
        BinaryPrimitives.WriteInt64LittleEndian(sizes, known > 0 ? wav.Length + 28 : known);
        BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(8), known > 0 ? Bytes : known);
        AssertWhole([.. wav[..12], .. Chunk("ds64", sizes), .. wav[12..]]);
    }

    [Fact]
    public void A_wav_that_is_cut_off_is_used_and_says_which_share_is_missing()
    {
        var half = TestAudio.Wav(Samples)[..(44 + Samples.Length)];
        var decoded = Decode(half);
        Assert.Equal(Samples.Length / 2, decoded.Samples.Length);
        Assert.StartsWith("50.0% of the audio is missing", decoded.Truncation);
        var refused = AudioDecoder.Decode(half, null, new DecodeLimits { Truncated = TruncatedAudio.Refuse });
        Assert.Equal((RejectReason.Truncated, decoded.Truncation), (refused.Reason, refused.Detail));
    }

    [Fact]
    public void A_wav_cut_inside_a_sample_is_used_up_to_it() =>
        Assert.Equal(Samples.Length - 51, Decode(TestAudio.Wav(Samples)[..^101]).Samples.Length);

    [Fact]
    public void A_header_without_audio_is_empty() => Assert.Equal(RejectReason.Empty, Decode(TestAudio.Wav(Samples)[..44]).Reason);

    [Theory]
    [InlineData(null)]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(2_000u)]
    public void Joined_wavs_are_read_one_after_the_other(uint? claimed)
    {
        var wav = TestAudio.Wav(Samples, claimedDataBytes: claimed);
        AssertWhole([.. wav, .. wav, .. wav], times: 3);
    }

    [Fact]
    public void Joined_wavs_may_differ_in_rate() => Assert.Equal(4.0,
        Decode([.. TestAudio.Wav(TestAudio.Bursts(1, rateHz: 44_100), 44_100), .. TestAudio.Wav(Samples)]).DurationSeconds, 3);

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(100_000_000u)]
    public void The_sizes_of_an_aiff_are_hints(uint claimed)
    {
        var aiff = TestSoundFile.Encode(Samples, TestSoundFile.Aiff);
        var sound = aiff.AsSpan().IndexOf("SSND"u8);
        BinaryPrimitives.WriteUInt32BigEndian(aiff.AsSpan(sound + 4), claimed);
        var decoded = Decode(aiff);
        Assert.Equal(Samples, decoded.Samples);
        Assert.Equal(claimed == 100_000_000, decoded.Truncation is not null);
        BinaryPrimitives.WriteUInt32BigEndian(aiff.AsSpan(aiff.AsSpan().IndexOf("COMM"u8) + 10), 0); // frames, by a killed recorder
        Assert.Equal(Samples, Decode(aiff).Samples);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void The_size_of_an_au_is_a_hint(uint claimed)
    {
        var au = TestSoundFile.Encode(Samples, TestSoundFile.Au);
        BinaryPrimitives.WriteUInt32BigEndian(au.AsSpan(8), claimed);
        AssertWhole(au);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void The_size_of_a_caf_is_a_hint(long claimed)
    {
        var caf = TestSoundFile.Encode(Samples, TestSoundFile.Caf);
        BinaryPrimitives.WriteInt64BigEndian(caf.AsSpan(caf.AsSpan().IndexOf("data"u8) + 4), claimed);
        AssertWhole(caf);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1_000u)]
    [InlineData(1_000_000_000u)]
    public void The_number_of_samples_in_a_flac_is_a_hint(uint claimed)
    {
        var flac = TestSoundFile.Encode(Samples, TestSoundFile.Flac);
        BinaryPrimitives.WriteUInt32BigEndian(flac.AsSpan(22), claimed);
        AssertWhole(flac);
        AssertWhole([.. flac, .. TestSoundFile.Encode(Samples, TestSoundFile.Flac)], times: 2);
        AssertWhole([.. "ID3\x04\0\0\0\0\0\x0a"u8, .. new byte[10], .. flac]);
    }

    [Fact]
    public void Raw_samples_keep_their_bytes() =>
        Assert.Equal(Samples,
            AudioDecoder.Decode(MemoryMarshal.AsBytes<short>(Samples).ToArray(), "audio/pcm;rate=16000", DecodeLimits.Default).Samples);
}
