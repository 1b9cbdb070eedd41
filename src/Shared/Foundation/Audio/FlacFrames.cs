namespace Ssl.Shared.Foundation.Audio;

/// <summary>
/// FLAC that was written to a pipe: its header does not say how many samples follow, and libsndfile ends silently at a frame that is not
/// whole. The CRC-16 of the last frame tells (RFC 9639, section 9.3).
/// </summary>
static class FlacFrames
{
    const int MostFrameBytes = 1 << 20; // 65,535 samples of 8 channels, verbatim
    const int MostTries = 64; // two bytes of sync code also occur by chance
    const int Polynomial = 0x8005;

    static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(Remainder)];

    /// <summary>True where STREAMINFO gives the number of samples: the last 36 bits of bytes 21 to 25 of the file (section 8.2).</summary>
    public static bool SaysHowMany(ReadOnlySpan<byte> bytes) =>
        bytes.Length < 26 || (bytes[21] & 0x0f) != 0 || bytes[22..26].ContainsAnyExcept((byte)0);

    /// <summary>True when a frame ends with the file's last byte.</summary>
    public static bool EndWhole(ReadOnlySpan<byte> bytes)
    {
        var least = Math.Max(0, bytes.Length - MostFrameBytes);
        for (var (at, tries) = (bytes.Length - 2, 0); at >= least && tries < MostTries; at--)
        {
            if (bytes[at] != 0xff || (bytes[at + 1] & 0xfe) != 0xf8)
                continue;
            tries++;
            if (Crc(bytes[at..]) == 0)
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
