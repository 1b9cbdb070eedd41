using System.Buffers.Binary;
using Ssl.Shared.Foundation.Audio;
using Ssl.Shared.Foundation.Audio.Containers;
using Ssl.TestKit;

namespace Ssl.Foundation.Tests.Audio;

/// <summary>Ogg as radios, calls and killed recorders leave it: positions that jump, chained and joined streams, no end.</summary>
public sealed class OggFileTests
{
    const double Seconds = 6;

    static byte[] Ogg(int format) => TestSoundFile.Encode(TestAudio.Bursts(3, rateHz: 48_000), format, 48_000);

    static List<OggPage> Pages(byte[] ogg)
    {
        var pages = new List<OggPage>();
        for (var at = 0; at < ogg.Length; at += pages[^1].Bytes)
            pages.Add(OggPage.Read(ogg, at)!);
        return pages;
    }

    static int Heads(int format) => format == TestSoundFile.Opus ? 2 : Pages(Ogg(format)).Count(p => p.Granule == 0);

    /// <summary>The same pages with other positions.</summary>
    static byte[] Moved(byte[] ogg, Func<int, long, long> granule)
    {
        var moved = ogg.ToArray();
        foreach (var (i, page) in Pages(ogg).Index())
        {
            BinaryPrimitives.WriteInt64LittleEndian(moved.AsSpan(page.At + 6), granule(i, page.Granule));
            OggPage.WriteCrc(moved.AsSpan(page.At, page.Bytes));
        }
        return moved;
    }

    static DecodeResult AssertSeconds(double seconds, byte[] bytes)
    {
        var decoded = AudioDecoder.Decode(bytes, "audio/ogg", DecodeLimits.Default with { UseFfmpeg = false });
        Assert.True(decoded.Ok, decoded.Detail);
        Assert.InRange(decoded.DurationSeconds, seconds - 0.1, seconds + 0.1);
        Assert.Null(decoded.Truncation);
        return decoded;
    }

    [Theory]
    [InlineData(TestSoundFile.Opus)]
    [InlineData(TestSoundFile.Vorbis)]
    public void Positions_that_jump_or_run_backwards_are_passed_over(int format)
    {
        var (ogg, middle) = (Ogg(format), Pages(Ogg(format)).Count / 2);
        AssertSeconds(Seconds, Moved(ogg, (i, granule) => i > middle ? granule + 3600 * 48_000 : granule));
        AssertSeconds(Seconds, Moved(ogg, (i, granule) => i >= Heads(format) ? granule + 1_000_000 : granule));
        AssertSeconds(Seconds, Moved(ogg, (i, granule) => i > middle ? granule - Pages(ogg)[middle].Granule : granule));
    }

    [Theory]
    [InlineData(TestSoundFile.Opus)]
    [InlineData(TestSoundFile.Vorbis)]
    public void Joined_and_chained_streams_are_read_one_after_the_other(int format)
    {
        var ogg = Ogg(format);
        AssertSeconds(2 * Seconds, [.. ogg, .. ogg]);
        AssertSeconds(2 * Seconds, [.. Ogg(TestSoundFile.Opus), .. Ogg(TestSoundFile.Vorbis)]);
        AssertSeconds(2 * Seconds, [.. ogg, .. ogg[Pages(ogg)[Heads(format)].At..]]); // one stream, joined by copying its pages
    }

    [Theory]
    [InlineData(TestSoundFile.Opus)]
    [InlineData(TestSoundFile.Vorbis)]
    public void Damaged_and_missing_pages_are_holes(int format)
    {
        var (ogg, pages) = (Ogg(format), Pages(Ogg(format)));
        var lost = pages[pages.Count / 2];
        var seconds = (lost.Granule - pages[pages.Count / 2 - 1].Granule) / 48_000.0;
        AssertSeconds(Seconds - seconds, [.. ogg[..lost.At], .. ogg[(lost.At + lost.Bytes)..]]);
        AssertSeconds(Seconds, [.. ogg[..lost.At], .. "junk between pages"u8, .. ogg[lost.At..]]);
        var damaged = ogg.ToArray();
        damaged[lost.At + lost.Bytes / 2] ^= 0xff;
        AssertSeconds(Seconds - seconds, damaged);
    }

    [Theory]
    [InlineData(TestSoundFile.Opus)]
    [InlineData(TestSoundFile.Vorbis)]
    public void Cut_in_a_page_it_is_used_to_the_last_whole_packet_and_says_so(int format)
    {
        var (ogg, pages) = (Ogg(format), Pages(Ogg(format)));
        AssertSeconds(pages[^2].Granule / 48_000.0, ogg[..pages[^1].At]); // as of a live recording, in which no page is marked as the last
        var cut = pages[^2].At + pages[^2].Bytes / 2;
        var (before, behind) = (pages[^3].Granule / 48_000.0, pages[^2].Granule / 48_000.0);
        var decoded = AudioDecoder.Decode(ogg.AsMemory(0, cut), null, DecodeLimits.Default);
        Assert.Contains("last page is not whole", decoded.Truncation);
        Assert.InRange(decoded.DurationSeconds, before + 0.2 * (behind - before), behind);
    }

    [Fact]
    public void A_second_stream_between_the_pages_is_left_out()
    {
        var (audio, other) = (Ogg(TestSoundFile.Opus), Ogg(TestSoundFile.Vorbis));
        var mixed = new List<byte>();
        var (first, second) = (Pages(audio), Pages(other));
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            mixed.AddRange(i < first.Count ? audio[first[i].At..(first[i].At + first[i].Bytes)] : []);
            mixed.AddRange(i < second.Count ? other[second[i].At..(second[i].At + second[i].Bytes)] : []);
        }
        AssertSeconds(Seconds, [.. mixed]);
    }
}
