using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// Whether all that a container promises is there. libsndfile reads what it finds and does not report the rest: half a WAV, an Ogg file
/// without its end, the second of two chained Ogg streams.
/// </summary>
static class ContainerCompleteness
{
    const int PageHeaderBytes = 27;
    const int PageFlags = 5;
    const int PageSegments = 26;
    const int FirstPage = 0x02;

    // What writers that cannot seek back leave as the length: ffmpeg all ones, sox 0x7ffff000 less a part of a frame, arecord 2 GB.
    const uint LeastUnknown = 0x7fff_f000 - 256;
    const uint MostUnknown = 0x8000_0000;

    /// <summary>What is wrong, or null.</summary>
    public static DecodeResult? Check(ReadOnlySpan<byte> bytes, AudioContainer container) => container switch
    {
        AudioContainer.Wav when bytes.StartsWith("RF64"u8) => Missing(MissingOfRf64(bytes)),
        AudioContainer.Wav => Missing(MissingOfChunks(bytes, "data"u8, bigEndian: bytes.StartsWith("RIFX"u8))),
        AudioContainer.Aiff => Missing(MissingOfChunks(bytes, "SSND"u8, bigEndian: true)),
        AudioContainer.Au => Missing(MissingOfAu(bytes)),
        AudioContainer.Ogg => CheckPages(bytes),
        AudioContainer.Flac when !FlacFrames.SaysHowMany(bytes) && !FlacFrames.EndWhole(bytes) =>
            DecodeResult.Refused(RejectReason.Truncated, "flac: its last frame is not whole"),
        _ => null, // a FLAC that says how long it is, and MP3 with a Xing header: counted as they are read; CAF: libsndfile refuses
    };

    static DecodeResult? Missing(long missingBytes) => missingBytes > 0
        ? DecodeResult.Refused(RejectReason.Truncated, $"{missingBytes} bytes of the audio that its header promises are missing")
        : null;

    static long MissingOfChunks(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> audio, bool bigEndian)
    {
        for (var at = 12L; at + 8 <= bytes.Length;)
        {
            var chunk = bytes[(int)at..];
            var size = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith(audio))
                return IsUnknown(size) ? 0 : at + 8 + size - bytes.Length;
            at += 8L + size + (size & 1);
        }
        return 0; // libsndfile finds no audio either
    }

    /// <summary>EBU Tech 3306: the true size of the data chunk stands in ds64, the first chunk.</summary>
    static long MissingOfRf64(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 36 || !bytes[12..].StartsWith("ds64"u8))
            return 0;
        var (promised, start) = (BinaryPrimitives.ReadUInt64LittleEndian(bytes[28..]), bytes.IndexOf("data"u8) + 8);
        return promised > long.MaxValue / 2 ? long.MaxValue / 2 : start + (long)promised - bytes.Length;
    }

    static long MissingOfAu(ReadOnlySpan<byte> bytes)
    {
        var (start, size) = (BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        return IsUnknown(size) ? 0 : start + (long)size - bytes.Length;
    }

    static bool IsUnknown(uint size) => size == uint.MaxValue || size is >= LeastUnknown and <= MostUnknown;

    /// <summary>RFC 3533: whole pages to the end, and no second stream behind the first.</summary>
    static DecodeResult? CheckPages(ReadOnlySpan<byte> bytes)
    {
        var heads = true;
        for (var at = 0; at < bytes.Length;)
        {
            var page = bytes[at..];
            if (!page.StartsWith("OggS"u8[..Math.Min(4, page.Length)]))
                return DecodeResult.Refused(RejectReason.Corrupt, $"ogg: no page at byte {at}, where one must begin");
            if (page.Length < PageHeaderBytes || page.Length < PageHeaderBytes + page[PageSegments])
                return CutPage(at);
            var length = PageHeaderBytes + page[PageSegments];
            foreach (var segment in page.Slice(PageHeaderBytes, page[PageSegments]))
                length += segment;
            if (page.Length < length)
                return CutPage(at);
            var isHead = (page[PageFlags] & FirstPage) != 0;
            if (isHead && !heads)
                return DecodeResult.Refused(RejectReason.Chained, $"ogg: another stream begins at byte {at}; send each on its own");
            heads = isHead;
            at += length;
        }
        return null;
    }

    static DecodeResult CutPage(int at) => DecodeResult.Refused(RejectReason.Truncated, $"ogg: the page at byte {at} is not whole");
}
