using System.Buffers.Binary;
using System.Numerics;

namespace Ssl.Learner.Replay;

/// <summary>CRC-32C, the Castagnoli checksum (RFC 3720, B.4), by the CPU's instruction.</summary>
static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
