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
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes.Length} bytes: {decoded.Reason}, {decoded.Detail}; {watch.ElapsedMilliseconds} ms, {allocated / 1000} kB allocated");
        Assert.InRange(allocated, 0, MostBytes);
        return decoded.Reason;
    }

    static byte[] Silence(int format, int seconds, int rateHz = 16_000, int channels = 1) =>
        TestSoundFile.Encode(new short[rateHz * channels], format, rateHz, channels, times: seconds);

    [Theory]
    [InlineData(TestSoundFile.Flac, Hours10)]
    [InlineData(TestSoundFile.Opus, 3600)]
    public void Hours_of_silence_are_refused_by_their_header(int format, int seconds) => Assert.Equal(RejectReason.TooLong, Refuse(Silence(format, seconds)));

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
    public void A_header_that_claims_gigabytes_is_refused(uint claimed) => Assert.Equal(RejectReason.Truncated, Refuse(TestAudio.Wav(new short[16_000], claimedDataBytes: claimed)));

    [Fact]
    public void A_flac_header_that_claims_ten_minutes_costs_no_memory_for_them()
    {
        var flac = Silence(TestSoundFile.Flac, 1);
        BinaryPrimitives.WriteUInt32BigEndian(flac.AsSpan(22), 16_000 * 600);
        Assert.Equal(RejectReason.Overcompressed, Refuse(flac));
    }

    [Fact]
    public void A_thousand_chained_streams_are_refused()
    {
        var ogg = TestSoundFile.Encode(TestAudio.Bursts(1), TestSoundFile.Vorbis);
        Assert.Equal(RejectReason.Chained, Refuse([.. Enumerable.Repeat(ogg, 1000).SelectMany(b => b)]));
    }
}
