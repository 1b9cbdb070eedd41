using System.Buffers.Binary;

namespace Ssl.Shared.Foundation.Audio.Containers;

/// <summary>
/// FLAC (RFC 9639). The number of samples in its header is a hint; libsndfile, which would stop at it, gets "unknown" instead, and then
/// ends silently at an incomplete frame. The CRC-16 of the last frame tells whether it is complete (section 9.3).
/// </summary>
static class FlacFile
{
    const int TotalAt = 21; // the last 36 bits of eight bytes of STREAMINFO, section 8.2
    const int HeaderBytes = 42;
    const int MaxFrameBytes = 1 << 20; // 65,535 samples of 8 channels, verbatim
    const int MaxTries = 64; // two bytes of sync code also occur by chance
    const int Polynomial = 0x8005;

    static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <summary>The files that were joined.</summary>
    public static IEnumerable<AudioPart> Parts(ReadOnlyMemory<byte> file)
    {
        for (var start = 0; start < file.Length;)
        {
            var found = file.Span[(start + 4)..].IndexOf("fLaC\0\0\0\u0022"u8); // with its first block, 34 bytes of STREAMINFO
            var end = found < 0 ? file.Length : start + 4 + found;
            yield return Part(file[start..end], isLast: end == file.Length);
            start = end;
        }
    }

    static AudioPart Part(ReadOnlyMemory<byte> file, bool isLast)
    {
        if (file.Length < HeaderBytes)
            return new AudioPart(file);
        var bytes = file.ToArray();
        var total = (bytes[TotalAt] & 0x0fL) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(TotalAt + 1));
        bytes[TotalAt] &= 0xf0;
        bytes.AsSpan(TotalAt + 1, 4).Clear();
        return new AudioPart(bytes, isLast && !EndsWhole(bytes) ? new CutOff(null, "its last frame is not whole") : null, total);
    }

    /// <summary>True when a frame ends with the file's last byte.</summary>
    static bool EndsWhole(ReadOnlySpan<byte> bytes)
    {
        var first = Math.Max(0, bytes.Length - MaxFrameBytes);
        for (var (at, tries) = (bytes.Length - 2, 0); at >= first && tries < MaxTries; at--)
        {
            if (bytes[at] == 0xff && (bytes[at + 1] & 0xfe) == 0xf8 && ++tries > 0 && Crc(bytes[at..]) == 0)
                return true;
        }
        return false;
    }

    /// <summary>0 over a whole frame, its own CRC included.</summary>
    static int Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var value in bytes)
            crc = ((crc << 8) & 0xffff) ^ Table[(crc >> 8) ^ value];
        return crc;
    }

    static ushort Remainder(int value)
    {
        var remainder = value << 8;
        for (var bit = 0; bit < 8; bit++)
            remainder = (remainder & 0x8000) != 0 ? (remainder << 1) ^ Polynomial : remainder << 1;
        return (ushort)remainder;
    }
}
