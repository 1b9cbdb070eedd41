using System.Buffers.Binary;
using System.Diagnostics;
using Ssl.Shared.Foundation.Audio;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Small files that hold, or claim, very much: refused early, and with little memory.</summary>
public sealed class BombTests
{
    const int Hours10 = 10 * 3600;
    const long MostBytes = 64 << 20;

    static RejectReason? Refuse(byte[] bytes)
    {
        var (allocated, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        var decoded = AudioDecoder.Decode(bytes, contentType: null, DecodeLimits.Default);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes.Length} bytes: {decoded.Reason}, {decoded.Detail}; "
            + $"{watch.ElapsedMilliseconds} ms, {allocated / 1000} kB allocated");
        Assert.InRange(allocated, 0, MostBytes);
        return decoded.Reason;
    }

    static byte[] Silence(int format, int seconds, int rateHz = 16_000, int channels = 1) =>
        TestSoundFile.Encode(new short[rateHz * channels], format, rateHz, channels, times: seconds);

    [Theory]
    [InlineData(TestSoundFile.Flac, Hours10)]
    [InlineData(TestSoundFile.Opus, 3600)]
    public void Hours_of_silence_are_refused(int format, int seconds) =>
        Assert.Contains(Refuse(Silence(format, seconds)), new RejectReason?[] { RejectReason.TooLong, RejectReason.Overcompressed });

    [Fact]
    public void Silence_that_hides_its_length_is_refused_while_it_is_read()
    {
        var flac = Silence(TestSoundFile.Flac, Hours10);
        flac[21] &= 0xf0; // with the four bytes behind it, the samples in the stream (RFC 9639, section 8.2); 0 is "unknown"
        flac.AsSpan(22, 4).Clear();
        Assert.Equal(RejectReason.TooLong, Refuse(flac));
    }

    [Fact]
    public void Eight_channels_of_silence_are_refused_by_their_samples() =>
        Assert.Equal(RejectReason.Overcompressed, Refuse(Silence(TestSoundFile.Flac, 120, rateHz: 96_000, channels: 8)));

    [Theory]
    [InlineData(4_000_000_000)]
    [InlineData(3_000_000_000)]
    [InlineData(100_000)]
    public void A_header_that_claims_gigabytes_costs_no_memory_for_them(uint claimed) =>
        Assert.Null(Refuse(TestAudio.Wav(new short[16_000], claimedDataBytes: claimed)));

    [Fact]
    public void A_flac_header_that_claims_ten_minutes_costs_no_memory_for_them()
    {
        var flac = Silence(TestSoundFile.Flac, 1);
        BinaryPrimitives.WriteUInt32BigEndian(flac.AsSpan(22), 16_000 * 600);
        Assert.Null(Refuse(flac));
    }

    [Fact]
    public void Headers_without_end_cost_neither_time_nor_the_stack()
    {
        var watch = Stopwatch.StartNew();
        static byte[] Repeated(ReadOnlySpan<byte> head, ReadOnlySpan<byte> unit, int times)
        {
            var bytes = new List<byte>([.. head]);
            for (var i = 0; i < times; i++)
                bytes.AddRange(unit);
            return [.. bytes];
        }
        var page = TestSoundFile.Encode(new short[1_600], TestSoundFile.Opus)[..28];
        page[26] = 255; // a page of 64 KB begins at every 283rd byte
        byte[] ogg = [.. page[..27], .. Enumerable.Repeat((byte)255, 255), 0];
        byte[] box = [0, 64, 0, 0, .. "moov"u8];
        byte[][] bombs =
        [
            Repeated([], ogg, 10_000),
            Repeated("ID3\x04\0\0\0\0\0\0"u8, [0xff, 0xfb, 0x90, 0], 500_000),
            Repeated([], [0xff, 0xfb], 1_000_000),
            Repeated([], "RIFF\0\0\0\0WAVE"u8, 200_000), Repeated([0, 0, 0, 16, .. "mdat"u8, .. new byte[8]], box, 200_000),
        ];
        foreach (var bomb in bombs)
            Assert.False(AudioDecoder.Decode(bomb, null, DecodeLimits.Default with { UseFfmpeg = bomb[4] == 'm' }).Ok);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Theory]
    [InlineData(TestSoundFile.Vorbis)]
    [InlineData(TestSoundFile.Flac)]
    [InlineData(TestSoundFile.WavPcm16)]
    public void Thousands_of_joined_files_are_refused(int format)
    {
        var one = TestSoundFile.Encode(new short[1_600], format);
        Assert.Equal(RejectReason.Overcompressed, Refuse([.. Enumerable.Repeat(one, 2_000).SelectMany(b => b)]));
    }
}
