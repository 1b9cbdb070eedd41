using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>A page of an Ogg file (RFC 3533, section 6).</summary>
/// <param name="At">Its first byte in the file.</param>
/// <param name="Bytes">Its length in the file.</param>
/// <param name="Lacing">Lengths of its segments that are there; a packet ends with one below 255.</param>
/// <param name="IsWhole">False where the file ends in it.</param>
sealed record OggPage(int At, int Bytes, byte[] Lacing, bool IsWhole)
{
    const int HeaderBytes = 27;
    const int MaxSegment = 255;
    const int Continued = 0x01;
    const int First = 0x02;
    const int Last = 0x04;
    const uint Polynomial = 0x04c1_1db7;

    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => Remainder((uint)value << 24))];

    public byte Flags { get; private init; }
    public int Serial { get; private init; }
    public int Sequence { get; private init; }
    /// <summary>The codec's position at its end; -1 where no packet ends in it.</summary>
    public long Granule { get; private init; }
    /// <summary>It begins with the rest of a packet.</summary>
    public bool IsContinued => (Flags & Continued) != 0;
    public bool IsFirst => (Flags & First) != 0;
    public bool IsLast => (Flags & Last) != 0;
    public int Packets => Lacing.Count(size => size < MaxSegment);

    /// <summary>The page at a place; null where there is none, or a damaged one.</summary>
    public static OggPage? Read(ReadOnlySpan<byte> file, int at)
    {
        var page = file[at..];
        if (page.Length < HeaderBytes || !page.StartsWith("OggS\0"u8) || page.Length < HeaderBytes + page[26])
            return null;
        var (count, present, length) = ((int)page[26], 0, HeaderBytes + page[26]);
        while (present < count && length + page[HeaderBytes + present] <= page.Length)
            length += page[HeaderBytes + present++];
        var isWhole = present == count;
        if (isWhole && Crc(page[..length]) != BinaryPrimitives.ReadUInt32LittleEndian(page[22..]))
            return null;
        return new OggPage(at, isWhole ? length : page.Length, page.Slice(HeaderBytes, present).ToArray(), isWhole)
        {
            Flags = page[5],
            Granule = BinaryPrimitives.ReadInt64LittleEndian(page[6..]),
            Serial = BinaryPrimitives.ReadInt32LittleEndian(page[14..]),
            Sequence = BinaryPrimitives.ReadInt32LittleEndian(page[18..]),
        };
    }

    /// <summary>The bytes behind its header.</summary>
    public ReadOnlySpan<byte> Body(ReadOnlySpan<byte> file) =>
        file.Slice(At + HeaderBytes + file[At + 26], Sum(Lacing));

    /// <summary>Writes the page for another place of its stream, of an incomplete one the whole packets; returns its length.</summary>
    public int WriteTo(Span<byte> target, ReadOnlySpan<byte> file, int sequence, bool isLast)
    {
        var segments = IsWhole ? Lacing.Length : Array.FindLastIndex(Lacing, size => size < MaxSegment) + 1;
        var (bodyAt, bodyBytes) = (HeaderBytes + segments, Sum(Lacing.AsSpan(0, segments)));
        var page = target[..(bodyAt + bodyBytes)];
        file.Slice(At, HeaderBytes).CopyTo(page);
        Lacing.AsSpan(0, segments).CopyTo(page[HeaderBytes..]);
        Body(file)[..bodyBytes].CopyTo(page[bodyAt..]);
        page[5] = (byte)(Flags & ~Last | (isLast ? Last : 0));
        page[26] = (byte)segments;
        BinaryPrimitives.WriteInt32LittleEndian(page[18..], sequence);
        WriteCrc(page);
        return page.Length;
    }

    public static void WriteCrc(Span<byte> page) => BinaryPrimitives.WriteUInt32LittleEndian(page[22..], Crc(page));

    static int Sum(ReadOnlySpan<byte> lacing)
    {
        var sum = 0;
        foreach (var size in lacing)
            sum += size;
        return sum;
    }

    /// <summary>Of a page, its own CRC counted as zero.</summary>
    static uint Crc(ReadOnlySpan<byte> page)
    {
        var crc = 0u;
        for (var i = 0; i < page.Length; i++)
            crc = (crc << 8) ^ Table[(byte)(crc >> 24) ^ (i is >= 22 and < 26 ? 0 : page[i])];
        return crc;
    }

    static uint Remainder(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 0x8000_0000) != 0 ? (value << 1) ^ Polynomial : value << 1;
        return value;
    }
}
