using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ssl.Shared.Foundation.Contracts;

namespace Ssl.Learner.Replay;

/// <summary>
/// Header of a segment in a chunk. Little-endian: magic, checksum of the rest of the header, checksum of the samples, bytes of samples,
/// bytes of the two names, partition, offset, milliseconds since 1970, then segment id and stream id in UTF-8.
/// </summary>
/// <param name="Offset">Offset of the segment's message in its partition of <c>audio.segments</c>.</param>
/// <param name="StoredAt">When it came in; retention counts from here.</param>
sealed record RecordHeader(
    string SegmentId, string StreamId, int PcmBytes, uint PcmChecksum, int Partition, long Offset, DateTimeOffset StoredAt)
{
    /// <summary>Bytes up to the names.</summary>
    public const int FixedBytes = 40;

    /// <summary>More than any segment holds (20 s are 640 kB); a length above it is damage.</summary>
    public const int MaxPcmBytes = 16 << 20;

    const uint Magic = 0x31474553; // "SEG1"
    const int ChecksummedFrom = 8;

    public ulong Key => SegmentKey.Of(SegmentId, PcmBytes, PcmChecksum);

    public int TotalBytes => FixedBytes + Encoding.UTF8.GetByteCount(SegmentId) + Encoding.UTF8.GetByteCount(StreamId);

    public static RecordHeader For(AudioSegment segment, int partition, long offset, DateTimeOffset now) =>
        new(
            segment.Id, segment.StreamId, segment.Pcm.Length, Crc32C.Of(segment.Pcm.Span), partition, offset,
            DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()));

    public byte[] ToBytes()
    {
        var bytes = new byte[TotalBytes];
        var idBytes = Encoding.UTF8.GetBytes(SegmentId, bytes.AsSpan(FixedBytes));
        var streamBytes = Encoding.UTF8.GetBytes(StreamId, bytes.AsSpan(FixedBytes + idBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), PcmChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), PcmBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), checked((ushort)idBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), checked((ushort)streamBytes));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), Partition);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Offset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), StoredAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Of(bytes.AsSpan(ChecksummedFrom)));
        return bytes;
    }

    /// <summary>Bytes of the whole header as its fixed part states them, or 0 where this is no header.</summary>
    public static int LengthOf(ReadOnlySpan<byte> fixedPart) =>
        fixedPart.Length < FixedBytes || BinaryPrimitives.ReadUInt32LittleEndian(fixedPart) != Magic
            ? 0
            : FixedBytes + BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[16..])
                + BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[18..]);

    /// <summary>Reads what <see cref="ToBytes"/> wrote; false for anything torn or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RecordHeader? header)
    {
        header = null;
        if (bytes.Length < FixedBytes || LengthOf(bytes) != bytes.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != Crc32C.Of(bytes[ChecksummedFrom..]))
            return false;
        var pcmBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        var idBytes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
        if (pcmBytes is <= 0 or > MaxPcmBytes || pcmBytes % AudioFormat.BytesPerSample != 0)
            return false;
        header = new RecordHeader(
            Encoding.UTF8.GetString(bytes.Slice(FixedBytes, idBytes)),
            Encoding.UTF8.GetString(bytes[(FixedBytes + idBytes)..]),
            pcmBytes,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..])));
        return true;
    }
}
